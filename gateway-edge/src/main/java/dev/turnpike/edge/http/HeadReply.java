package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;

/** The way back to a client that wants the head of a reply only. */
record HeadReply(ClientReply reply) implements ClientReply {
    private static final byte[] NO_BODY = new byte[0];

    @Override
    public void header(String name, String value) {
        reply.header(name, value);
    }

    @Override
    public void send(int status, String contentType, byte[] body) throws ClientGoneException {
        reply.header("content-length", Integer.toString(body.length));
        reply.send(status, contentType, NO_BODY);
    }

    @Override
    public Stream open(int status, String contentType) throws ClientGoneException {
        return reply.open(status, contentType);
    }

    @Override
    public boolean present() {
        return reply.present();
    }
}
