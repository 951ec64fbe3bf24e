package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upload.Upload;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.AnswerHead;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ChatJsonReply;
import dev.turnpike.edge.wire.EventRelay;
import dev.turnpike.edge.wire.EventRelay.EventView;
import dev.turnpike.edge.wire.FilesRequest;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.ReplyView;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.schemas.control.Target;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The routes that take files: transcripts, translations, edits and variations of images. */
public final class MultipartProtocol implements Protocol {
    /** How transcripts are written: as text, or as captions of a film. */
    private static final Set<String> TRANSCRIPTS =
            Set.of("text/plain", "text/vtt", "text/srt", "application/x-subrip");

    private final Route route;

    /** A route that takes files. */
    public enum Route {
        TRANSCRIPTIONS("audio_transcription", "/audio/transcriptions"),
        TRANSLATIONS("audio_translation", "/audio/translations"),
        IMAGE_EDITS("image_edit", "/images/edits"),
        IMAGE_VARIATIONS("image_variation", "/images/variations");

        private final String operation;
        private final String path;

        Route(String operation, String path) {
            this.operation = operation;
            this.path = path;
        }

        /** The path behind {@code /v1}. */
        public String path() {
            return path;
        }
    }

    public MultipartProtocol(Route route) {
        this.route = route;
    }

    @Override
    public String operation() {
        return route.operation;
    }

    @Override
    public boolean takesFiles() {
        return true;
    }

    @Override
    public Asked read(Incoming incoming) throws BodyFaultException {
        var type = incoming.headers().first("content-type").orElse("");
        var upload = incoming.upload();
        return new MultipartAsked(route, upload.begin(type, incoming.pathModel()), upload);
    }

    private record MultipartAsked(Route route, FilesRequest request, Upload upload)
            implements Asked {
        @Override
        public boolean sendable() {
            return upload.sendable();
        }

        @Override
        public TargetForm form(Target target, TargetTerms terms) {
            return new Form(route, upload, terms);
        }
    }

    private record Form(Route route, Upload upload, TargetTerms terms) implements TargetForm {
        @Override
        public String path() {
            return route.path;
        }

        @Override
        public List<Header> headers() {
            return List.of(
                    new Header("content-type", upload.contentType()), new Header("accept", "*/*"));
        }

        @Override
        public UpstreamBody body() {
            return upload.body(terms.model());
        }

        @Override
        public StreamRelay stream(
                AnswerView view,
                OutputMeter meter,
                Supplier<RawUsage> estimate,
                LongSupplier nanoTime) {
            var shown =
                    new EventView(
                            view.publicModel(),
                            view.targetModel(),
                            AnswerHead.NONE,
                            UnaryOperator.identity(),
                            view.genericErrors());
            return new EventRelay(shown, meter, estimate, nanoTime);
        }

        @Override
        public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
                throws JsonFaultException {
            var shown = ReplyView.of(view.publicModel(), view.targetModel());
            return ChatJsonReply.read(body, 0, body.length, shown, meter);
        }

        @Override
        public boolean passesMedia() {
            return true;
        }

        @Override
        public boolean streams() {
            return route == Route.TRANSCRIPTIONS || route == Route.IMAGE_EDITS;
        }

        @Override
        public boolean passes(String mediaType) {
            if (mediaType.isEmpty()) {
                return true;
            }
            return switch (route) {
                case TRANSCRIPTIONS, TRANSLATIONS -> TRANSCRIPTS.contains(mediaType);
                case IMAGE_EDITS, IMAGE_VARIATIONS ->
                        mediaType.startsWith("image/")
                                || mediaType.equals("application/octet-stream");
            };
        }
    }
}
