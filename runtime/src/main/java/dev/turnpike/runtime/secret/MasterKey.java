package dev.turnpike.runtime.secret;

import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.config.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The one secret of an installation: 32 random bytes from which every other long-lived key is
 * derived (HKDF-SHA-256). Losing it loses all API keys and stored credentials. Prints as its
 * fingerprint only. Thread-safe.
 */
public final class MasterKey {
    /** The setting that holds it as base64; also {@code secrets.master-key-file}. */
    public static final String SETTING = "secrets.master-key";

    /** Bytes of the master key and of every derived key. */
    public static final int BYTES = 32;

    private static final byte[] SALT = "gateway master key 1".getBytes(StandardCharsets.US_ASCII);

    /** What a derived key is for. A name is part of the derivation and never changes. */
    public enum Purpose {
        API_KEY_PEPPER("api-key-pepper"),
        IDEMPOTENCY("idempotency"),
        CURSOR("cursor"),
        WEBHOOK("webhook"),
        DECISION("decision"),
        CREDENTIAL_ENVELOPE("credential-envelope"),
        RESPONSE_ID("response-id"),
        FINGERPRINT("fingerprint"),
        ADJUSTMENT("adjustment");

        private final String label;

        Purpose(String label) {
            this.label = label;
        }
    }

    private final byte[] bytes;

    private MasterKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws IllegalArgumentException if {@code bytes} are not exactly {@value #BYTES}
     */
    public static MasterKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a master key has " + BYTES + " bytes");
        }
        return new MasterKey(bytes.clone());
    }

    /** The key written as base64 (either alphabet, padding optional), or empty. Never throws. */
    public static Optional<MasterKey> parse(String base64) {
        try {
            var text = base64.strip().replace('-', '+').replace('_', '/');
            var bytes = Base64.getDecoder().decode(text);
            return bytes.length == BYTES ? Optional.of(new MasterKey(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The key of the setting, if it is given; a bad one is a mistake of {@code settings}. */
    public static Optional<MasterKey> read(Settings settings) {
        return settings.optionalSecret(
                        SETTING,
                        "Master key of the installation, 32 bytes as base64; all services need the"
                                + " same one.")
                .flatMap(secret -> parse(settings, secret));
    }

    private static Optional<MasterKey> parse(Settings settings, Secret secret) {
        var key = parse(secret.reveal());
        if (key.isEmpty()) {
            settings.mistake(SETTING, "must be " + BYTES + " bytes as base64");
        }
        return key;
    }

    /**
     * The key in {@code file}; when there is none a new one is made, readable by the owner only and
     * forced to disk before it is used.
     *
     * @param random must be cryptographically strong
     * @throws IOException if the file cannot be read or written, holds anything else, or can be
     *     read by others
     */
    public static MasterKey loadOrCreate(Path file, RandomGenerator random) throws IOException {
        if (Files.notExists(file)) {
            var bytes = new byte[BYTES];
            random.nextBytes(bytes);
            try {
                write(file, Base64.getEncoder().encodeToString(bytes) + "\n");
            } catch (FileAlreadyExistsException e) {
                // Another process was first; its key counts.
            }
        }
        refuseIfReadableByOthers(file);
        return parse(Files.readString(file, StandardCharsets.US_ASCII))
                .orElseThrow(() -> new IOException(file + " does not hold a master key"));
    }

    private static void write(Path file, String text) throws IOException {
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(fresh, options, owner)) {
            var buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        try {
            // A link, not a move: it fails when the file has appeared meanwhile.
            Files.createLink(file, fresh);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void refuseIfReadableByOthers(Path file) throws IOException {
        var others =
                EnumSet.of(
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.GROUP_WRITE,
                        PosixFilePermission.OTHERS_READ,
                        PosixFilePermission.OTHERS_WRITE);
        others.retainAll(Files.getPosixFilePermissions(file));
        if (!others.isEmpty()) {
            throw new IOException(file + " can be read by others; run chmod 600 on it");
        }
    }

    /**
     * The {@value #BYTES} bytes that belong to {@code purpose}.
     *
     * @param version 1 or more; another version is an independent key
     */
    public byte[] derive(Purpose purpose, int version) {
        var info = purpose.label + "/" + version;
        try {
            var parameters =
                    HKDFParameterSpec.ofExtract()
                            .addIKM(bytes)
                            .addSalt(SALT)
                            .thenExpand(info.getBytes(StandardCharsets.US_ASCII), BYTES);
            return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HKDF-SHA-256 on this platform", e);
        }
    }

    /** Eight hex characters that tell master keys apart and say nothing about them. */
    public String fingerprint() {
        return HexFormat.of().formatHex(derive(Purpose.FINGERPRINT, 1), 0, 4);
    }

    @Override
    public String toString() {
        return "[master key " + fingerprint() + "]";
    }
}
