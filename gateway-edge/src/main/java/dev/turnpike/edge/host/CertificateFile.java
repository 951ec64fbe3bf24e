package dev.turnpike.edge.host;

import dev.turnpike.runtime.tls.InvalidIdentityException;
import dev.turnpike.runtime.tls.TlsIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default identity, read from files and read again when they have changed. Files that cannot be
 * used leave the one before in use. Thread-safe.
 */
public final class CertificateFile implements Supplier<Optional<TlsIdentity>> {
    /** How often the files are looked at. */
    static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

    private static final Logger LOGGER = LoggerFactory.getLogger(CertificateFile.class);

    private final Path certificate;
    private final Path key;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Read current;

    /** What was read, of which times the files were, and when they were looked at. */
    private record Read(
            TlsIdentity identity, FileTime certificate, FileTime key, Instant lookedAt) {}

    /**
     * @throws IOException if a file cannot be read
     * @throws InvalidIdentityException if what they hold cannot be used
     */
    public CertificateFile(Path certificate, Path key, InstantSource clock)
            throws IOException, InvalidIdentityException {
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
        this.current = read();
    }

    @Override
    public Optional<TlsIdentity> get() {
        var now = clock.instant();
        if (Duration.between(current.lookedAt(), now).compareTo(LOOK_INTERVAL) >= 0
                && lock.tryLock()) {
            try {
                current = looked(now);
            } finally {
                lock.unlock();
            }
        }
        return Optional.of(current.identity());
    }

    private Read looked(Instant now) {
        var before = current;
        var same = new Read(before.identity(), before.certificate(), before.key(), now);
        try {
            boolean changed =
                    !Files.getLastModifiedTime(certificate).equals(before.certificate())
                            || !Files.getLastModifiedTime(key).equals(before.key());
            return changed ? read() : same;
        } catch (IOException | InvalidIdentityException e) {
            LOGGER.atWarn()
                    .addKeyValue("file", certificate)
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("the default certificate cannot be read again, the one before stays");
            return same;
        }
    }

    private Read read() throws IOException, InvalidIdentityException {
        var certificateTime = Files.getLastModifiedTime(certificate);
        var keyTime = Files.getLastModifiedTime(key);
        var identity =
                TlsIdentity.read(
                        Files.readString(certificate, StandardCharsets.US_ASCII),
                        Files.readString(key, StandardCharsets.US_ASCII));
        return new Read(identity, certificateTime, keyTime, clock.instant());
    }
}
