package dev.turnpike.edge.http;

import dev.turnpike.schemas.control.AddressRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The proxies in front of this edge, whose word on where a request came from is believed. Anybody
 * else can write what he likes into {@code X-Forwarded-For}, so it is read from its end, and only
 * as far as these proxies wrote it.
 *
 * @param ranges addresses of proxies; empty believes nobody
 */
public record TrustedProxies(List<AddressRange> ranges) {
    /**
     * Entries that are looked at; what lies behind so many proxies is taken as the last of them.
     */
    private static final int HOPS_MAX = 32;

    /** Believes nobody: a request comes from where its connection comes from. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    public TrustedProxies {
        ranges = List.copyOf(ranges);
    }

    /** Returns those that {@code texts} name, or empty when one of them is no address or block. */
    public static Optional<TrustedProxies> parse(List<String> texts) {
        var ranges = new ArrayList<AddressRange>();
        for (var text : texts) {
            var range = AddressRange.parse(text);
            if (range.isEmpty()) {
                return Optional.empty();
            }
            ranges.add(range.get());
        }
        return Optional.of(new TrustedProxies(ranges));
    }

    /**
     * Where a request came from.
     *
     * @param peer other end of its connection
     * @param forwarded values of {@code X-Forwarded-For}, in their order
     * @return the nearest address that is no proxy's; what cannot be read ends the search at the
     *     proxy that wrote it
     */
    InetAddress client(InetAddress peer, List<String> forwarded) {
        var client = peer;
        if (!trust(peer)) {
            return client;
        }
        var hops = String.join(",", forwarded).split(",", -1);
        int end = Math.max(0, hops.length - HOPS_MAX);
        for (int i = hops.length - 1; i >= end; i--) {
            var hop = address(hops[i].strip());
            if (hop.isEmpty()) {
                return client;
            }
            client = hop.get();
            if (!trust(client)) {
                return client;
            }
        }
        return client;
    }

    /** Whether the word of whoever is at {@code address} is believed. */
    boolean trust(InetAddress address) {
        for (var range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** An address as proxies write it, some with a port: {@code 10.0.0.1:80}, {@code [::1]:80}. */
    private static Optional<InetAddress> address(String text) {
        var bare = text;
        int colon = text.indexOf(':');
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            bare = close < 0 ? "" : text.substring(1, close);
        } else if (colon >= 0 && colon == text.lastIndexOf(':')) {
            bare = text.substring(0, colon);
        }
        try {
            return bare.isEmpty() ? Optional.empty() : Optional.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
