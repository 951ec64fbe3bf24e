package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Sound input damaged at random: bytes changed, removed, repeated, and pieces of others put in. */
public final class Damage {
    private static final byte[] TELLING =
            "{}[]\",:\\0-.eEtfn \n\r\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);

    private Damage() {}

    /** The same for the same seed. */
    public static RandomGenerator seeded(long seed) {
        return new Random(seed);
    }

    /** One of {@code sound}, damaged in up to four places. */
    public static byte[] of(List<byte[]> sound, RandomGenerator random) {
        var bytes = sound.get(random.nextInt(sound.size())).clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = once(bytes, sound, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, List<byte[]> sound, RandomGenerator random) {
        int at = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, at + random.nextInt(16));
        return switch (random.nextInt(5)) {
            case 0 -> spliced(bytes, at, at, new byte[] {TELLING[random.nextInt(TELLING.length)]});
            case 1 -> spliced(bytes, at, to, new byte[0]);
            case 2 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 3 -> Arrays.copyOf(bytes, at);
            default -> {
                var other = sound.get(random.nextInt(sound.size()));
                int from = random.nextInt(other.length);
                int end = Math.min(other.length, from + random.nextInt(40));
                yield spliced(bytes, at, to, Arrays.copyOfRange(other, from, end));
            }
        };
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
        var result = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(with, 0, result, from, with.length);
        System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
        return result;
    }
}
