package dev.turnpike.schemas.control;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A CIDR block or a single address, such as {@code 10.1.0.0/16} or {@code 2001:db8::1}.
 *
 * @param network its first address, or any other of it
 * @param bits length of the prefix that addresses share with it
 */
public record AddressRange(InetAddress network, int bits) {
    private static final Pattern BITS = Pattern.compile("0|[1-9][0-9]{0,2}");

    /** What stands in an IPv6 address before its last part; no brackets and no zone. */
    private static final Pattern HEX_PARTS = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:]*");

    /** Four numbers without leading zeros, which some read as octal and some as decimal. */
    private static final Pattern DOTTED_QUAD =
            Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

    /**
     * Returns the range, or empty when {@code text} is not one, or is one that others may read
     * otherwise, such as {@code 1.2.3} or {@code 010.0.0.1}. Asks no name server.
     */
    public static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        var address = slash < 0 ? text : text.substring(0, slash);
        if (!unambiguous(address) || (slash >= 0 && !isNumber(text.substring(slash + 1)))) {
            return Optional.empty();
        }
        try {
            var network = InetAddress.ofLiteral(address);
            int all = network.getAddress().length * Byte.SIZE;
            int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
            return bits > all ? Optional.empty() : Optional.of(new AddressRange(network, bits));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean unambiguous(String address) {
        int quad = address.indexOf('.') < 0 ? address.length() : address.lastIndexOf(':') + 1;
        boolean quadOnly = quad == 0;
        return (quadOnly || HEX_PARTS.matcher(address.substring(0, quad)).matches())
                && (quad == address.length()
                        || DOTTED_QUAD.matcher(address.substring(quad)).matches());
    }

    private static boolean isNumber(String bits) {
        return BITS.matcher(bits).matches();
    }

    /** Whether {@link #network} is the first address of the block, as it is to be written. */
    public boolean beginsBlock() {
        var bytes = network.getAddress();
        for (int bit = bits; bit < bytes.length * Byte.SIZE; bit++) {
            if ((bytes[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code address} lies in it; an address of the other family never does. */
    public boolean contains(InetAddress address) {
        var mine = network.getAddress();
        var other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((mine[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
