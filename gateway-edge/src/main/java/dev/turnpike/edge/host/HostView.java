package dev.turnpike.edge.host;

import dev.turnpike.runtime.control.ControlView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is seen of the slugs under a host name. Thread-safe. */
public final class HostView {
    private final ControlView control;
    private final Sight elsewhere;

    /**
     * @param othersSeeAll whether every slug is seen under a host that is no domain, else none
     */
    public HostView(ControlView control, boolean othersSeeAll) {
        this.control = control;
        this.elsewhere = othersSeeAll ? new Everything() : new Prefixes(List.of());
    }

    /** What is seen. */
    public sealed interface Sight {
        boolean sees(String slug);
    }

    /** Every slug. */
    record Everything() implements Sight {
        @Override
        public boolean sees(String slug) {
            return true;
        }
    }

    /** The slugs that begin with one of these. */
    record Prefixes(List<String> prefixes) implements Sight {
        @Override
        public boolean sees(String slug) {
            int slash = slug.indexOf('/');
            return slash > 0 && prefixes.contains(slug.substring(0, slash));
        }
    }

    /**
     * What is seen under the {@code Host} of a request.
     *
     * @param host with or without a port
     */
    public Sight of(Optional<String> host) {
        if (!control.hasDomains()) {
            return elsewhere;
        }
        return host.map(HostView::name)
                .flatMap(control::domain)
                .<Sight>map(domain -> new Prefixes(domain.prefixes()))
                .orElse(elsewhere);
    }

    /** The name alone, as domains are named. */
    static String name(String host) {
        int colon = host.lastIndexOf(':');
        var name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        var bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return bare.toLowerCase(Locale.ROOT);
    }
}
