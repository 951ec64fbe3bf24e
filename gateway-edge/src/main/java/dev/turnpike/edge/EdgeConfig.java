package dev.turnpike.edge;

import dev.turnpike.edge.http.BodyMemory;
import dev.turnpike.edge.http.TrustedProxies;
import dev.turnpike.edge.journal.JournalSettings;
import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Branding;
import dev.turnpike.runtime.http.ListenerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of the edge, read once at start.
 *
 * @param listener where inference clients connect
 * @param directory where the edge keeps its journal and its copy of the control state
 * @param edgeId first part of the stream id; empty keeps the one in the directory
 * @param journalBytesMax most bytes of journal that Kafka has not acknowledged
 * @param journalSync whether every write waits for the disk
 * @param bodyMemoryMax most memory for the bodies of running requests together
 * @param answerBytesMax longest answer that is no stream
 * @param uploads what bodies with files may take
 * @param maxStaleness how long the edge serves without contact to Kafka
 * @param outbound how upstreams are reached
 * @param publicUrl where clients reach this listener; empty for where its description was asked for
 * @param headerPrefix prefix of our own reply headers
 * @param othersSeeAll whether every slug is seen under a host that is no domain, else none
 * @param proxies in front of this edge, whose word on a client's address is believed
 * @param tls where clients connect with TLS; empty for nowhere
 */
public record EdgeConfig(
        ListenerSettings listener,
        Path directory,
        Optional<String> edgeId,
        long journalBytesMax,
        boolean journalSync,
        long bodyMemoryMax,
        long answerBytesMax,
        Uploads uploads,
        Duration maxStaleness,
        Outbound outbound,
        Optional<String> publicUrl,
        String headerPrefix,
        boolean othersSeeAll,
        TrustedProxies proxies,
        Optional<Tls> tls) {
    private static final String PROXIES = "edge.trusted-proxies";

    /** Longest whole answer where nothing else is said: the vectors of OpenAI's largest batch. */
    private static final long ANSWER_BYTES_DEFAULT = 160L << 20;

    /** TCP port where nothing else is said. */
    public static final int PORT_DEFAULT = 8080;

    /** TCP port for TLS where nothing else is said. */
    public static final int TLS_PORT_DEFAULT = 8443;

    /** Longest body of JSON, in bytes, where nothing else is said: what vendors take themselves. */
    private static final long BODY_BYTES_DEFAULT = 32L << 20;

    /**
     * How upstreams are reached.
     *
     * @param allowPrivate whether they may be on loopback and private addresses, and over plain
     *     http
     * @param authorities PEM file of authorities that are trusted beside the Java runtime's
     */
    public record Outbound(boolean allowPrivate, Optional<Path> authorities) {
        static Outbound read(Settings settings) {
            return new Outbound(
                    settings.bool(
                            "outbound.allow-private",
                            false,
                            "Allow upstreams and webhooks on private addresses, over plain http."),
                    settings.optionalPath(
                            "edge.upstream-ca-file",
                            "PEM certificates of authorities that may vouch for upstreams, beside"
                                    + " the known ones."));
        }
    }

    /**
     * What bodies with files may take.
     *
     * @param bytesMax longest one
     * @param diskMax most disk for all whose model comes behind a file
     */
    public record Uploads(long bytesMax, long diskMax) {
        static Uploads read(Settings settings) {
            return new Uploads(
                    settings.bytes(
                            "edge.upload-bytes-max",
                            1L << 10,
                            1L << 34,
                            64L << 20,
                            "Largest request body with files (multipart/form-data)."),
                    settings.bytes(
                            "edge.upload-disk-max",
                            1L << 20,
                            1L << 44,
                            SpoolSpace.BYTES_DEFAULT,
                            "Most disk for uploads that name their model behind a file; more"
                                    + " get 503."));
        }
    }

    /**
     * A listener with TLS. It shows the certificates of the domains.
     *
     * @param certificate PEM file with the chain shown to who asks for no domain; empty ends such a
     *     handshake
     * @param key PEM file with its private key
     */
    public record Tls(ListenerSettings listener, Optional<Path> certificate, Optional<Path> key) {
        private static final String CERTIFICATE = "edge.tls.certificate-file";
        private static final String KEY = "edge.tls.private-key-file";

        static Optional<Tls> read(Settings settings) {
            boolean enabled =
                    settings.bool(
                            "edge.tls.enabled",
                            false,
                            "Whether clients can also connect with TLS, on a port of its own.");
            var tls =
                    new Tls(
                            ListenerSettings.read(
                                    settings, "edge.tls", TLS_PORT_DEFAULT, BODY_BYTES_DEFAULT),
                            settings.optionalPath(
                                    CERTIFICATE,
                                    "PEM certificates shown where no domain is asked for."),
                            settings.optionalPath(KEY, "PEM private key (PKCS #8) of these."));
            if (tls.certificate().isPresent() != tls.key().isPresent()) {
                settings.mistake(
                        tls.key().isPresent() ? CERTIFICATE : KEY,
                        "is needed together with " + (tls.key().isPresent() ? KEY : CERTIFICATE));
            }
            return enabled ? Optional.of(tls) : Optional.empty();
        }
    }

    /** Reads the settings of the edge; mistakes are remembered by {@code settings}. */
    public static EdgeConfig read(Settings settings) {
        var data =
                settings.path(
                        "data-directory",
                        Path.of("data"),
                        "Directory in which every service keeps its state.");
        return new EdgeConfig(
                ListenerSettings.read(settings, "edge", PORT_DEFAULT, BODY_BYTES_DEFAULT),
                data.resolve("edge"),
                settings.optionalText(
                        "edge.id", "Name of this edge in the log; one process at a time has it."),
                settings.bytes(
                        "edge.journal-bytes-max",
                        1L << 20,
                        1L << 40,
                        JournalSettings.BYTES_MAX_DEFAULT,
                        "Most journal Kafka has not acknowledged; beyond it nothing is served."),
                settings.bool(
                        "edge.journal-sync",
                        false,
                        "Whether every journal write waits for the disk."),
                settings.bytes(
                        "edge.body-memory-max",
                        1L << 20,
                        1L << 40,
                        BodyMemory.BYTES_DEFAULT,
                        "Most memory for the bodies of all running requests; more get 503."),
                settings.bytes(
                        "edge.answer-bytes-max",
                        1L << 20,
                        1L << 30,
                        ANSWER_BYTES_DEFAULT,
                        "Longest answer that is no stream; those over 32 MiB are read one after"
                                + " the other."),
                Uploads.read(settings),
                settings.duration(
                        "edge.max-staleness",
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofMinutes(10),
                        "How long the edge serves without contact to Kafka."),
                Outbound.read(settings),
                Branding.publicUrl(
                        settings,
                        "branding.gateway-url",
                        "Where clients reach the gateway, for its OpenAPI file."),
                Branding.headerPrefix(settings),
                settings.bool(
                        "edge.other-hosts-see-all",
                        true,
                        "Whether every slug is seen under a host that is no domain, else none."),
                proxies(settings),
                Tls.read(settings));
    }

    private static TrustedProxies proxies(Settings settings) {
        var proxies =
                TrustedProxies.parse(
                        settings.list(
                                PROXIES,
                                List.of(),
                                "Addresses or CIDR blocks whose X-Forwarded-For is believed."));
        if (proxies.isEmpty()) {
            settings.mistake(PROXIES, "must be addresses or CIDR blocks");
        }
        return proxies.orElse(TrustedProxies.NONE);
    }
}
