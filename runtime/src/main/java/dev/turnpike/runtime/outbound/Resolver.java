package dev.turnpike.runtime.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Turns a host name into addresses. Tests pass one whose answers change between calls. */
@FunctionalInterface
public interface Resolver {
    /** The operating system's resolver. Blocks for as long as that one does. */
    Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /**
     * @return every address of {@code host}, at least one
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> addresses(String host) throws UnknownHostException;
}
