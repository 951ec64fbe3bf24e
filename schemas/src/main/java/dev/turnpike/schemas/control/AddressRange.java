package dev.turnpike.schemas.control;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A CIDR block or a single address, such as {@code 10.1.0.0/16} or {@code 2001:db8::1}.
 *
 * @param network its first address
 * @param bits length of the prefix that addresses share with it
 */
public record AddressRange(InetAddress network, int bits) {
    /** Returns the range, or empty when {@code text} is not one. Asks no name server. */
    public static Optional<AddressRange> parse(String text) {
        int slash = text.indexOf('/');
        try {
            var network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int all = network.getAddress().length * Byte.SIZE;
            int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > all
                    ? Optional.empty()
                    : Optional.of(new AddressRange(network, bits));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
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
