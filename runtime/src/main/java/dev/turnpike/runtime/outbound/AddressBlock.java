package dev.turnpike.runtime.outbound;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of addresses that is not part of the public internet.
 *
 * @param prefix the first address, 4 or 16 bytes
 * @param bits how many leading bits of {@code prefix} count
 * @param name what the range is, for refusals
 * @param reach who may be let in on purpose
 */
record AddressBlock(byte[] prefix, int bits, String name, Reach reach) {
    /** Whether an operator may open a block. */
    enum Reach {
        /** Own networks and the own machine: open under {@link AddressPolicy#allowPrivate()}. */
        PRIVATE,
        /** Closed under every policy. */
        NEVER
    }

    /** First match wins, so that single addresses stand before the blocks that hold them. */
    static final List<AddressBlock> TABLE = table();

    boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits >> 3;
        for (int i = 0; i < whole; i++) {
            if (address[i] != prefix[i]) {
                return false;
            }
        }
        int rest = bits & 7;
        return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >> (8 - rest) == 0;
    }

    private static List<AddressBlock> table() {
        var rows = new ArrayList<AddressBlock>();
        metadataServices(rows);
        v4(rows);
        v6(rows);
        return List.copyOf(rows);
    }

    private static void metadataServices(List<AddressBlock> rows) {
        var name = "cloud metadata service";
        rows.add(v4(name, Reach.NEVER, 32, 169, 254, 169, 254));
        rows.add(v4(name, Reach.NEVER, 32, 100, 100, 100, 200));
        rows.add(v4(name, Reach.NEVER, 32, 168, 63, 129, 16));
        rows.add(v6(name, Reach.NEVER, 128, 0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254));
        rows.add(v6(name, Reach.NEVER, 128, 0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254));
    }

    private static void v4(List<AddressBlock> rows) {
        rows.add(v4("this network", Reach.NEVER, 8, 0, 0, 0, 0));
        rows.add(v4("private", Reach.PRIVATE, 8, 10, 0, 0, 0));
        rows.add(v4("carrier-grade NAT", Reach.PRIVATE, 10, 100, 64, 0, 0));
        rows.add(v4("loopback", Reach.PRIVATE, 8, 127, 0, 0, 0));
        rows.add(v4("link-local", Reach.NEVER, 16, 169, 254, 0, 0));
        rows.add(v4("private", Reach.PRIVATE, 12, 172, 16, 0, 0));
        rows.add(v4("protocol assignments", Reach.NEVER, 24, 192, 0, 0, 0));
        rows.add(v4("documentation", Reach.NEVER, 24, 192, 0, 2, 0));
        rows.add(v4("6to4 relay", Reach.NEVER, 24, 192, 88, 99, 0));
        rows.add(v4("private", Reach.PRIVATE, 16, 192, 168, 0, 0));
        rows.add(v4("benchmarking", Reach.NEVER, 15, 198, 18, 0, 0));
        rows.add(v4("documentation", Reach.NEVER, 24, 198, 51, 100, 0));
        rows.add(v4("documentation", Reach.NEVER, 24, 203, 0, 113, 0));
        rows.add(v4("multicast", Reach.NEVER, 4, 224, 0, 0, 0));
        rows.add(v4("reserved", Reach.NEVER, 4, 240, 0, 0, 0));
    }

    private static void v6(List<AddressBlock> rows) {
        rows.add(v6("loopback", Reach.PRIVATE, 128, 0, 0, 0, 0, 0, 0, 0, 1));
        rows.add(v6("unspecified or IPv4-compatible", Reach.NEVER, 96));
        rows.add(v6("IPv4-translated", Reach.NEVER, 96, 0, 0, 0, 0, 0xffff));
        rows.add(v6("NAT64", Reach.NEVER, 96, 0x64, 0xff9b));
        rows.add(v6("NAT64", Reach.NEVER, 48, 0x64, 0xff9b, 1));
        // What holds an IPv4 address, now or one day, is within; mapped ones are unwrapped before.
        rows.add(v6("reserved", Reach.NEVER, 8));
        rows.add(v6("discard", Reach.NEVER, 64, 0x100));
        rows.add(v6("protocol assignments", Reach.NEVER, 23, 0x2001));
        rows.add(v6("documentation", Reach.NEVER, 32, 0x2001, 0xdb8));
        rows.add(v6("6to4", Reach.NEVER, 16, 0x2002));
        rows.add(v6("documentation", Reach.NEVER, 20, 0x3fff));
        rows.add(v6("segment routing", Reach.NEVER, 16, 0x5f00));
        rows.add(v6("private", Reach.PRIVATE, 7, 0xfc00));
        rows.add(v6("link-local", Reach.NEVER, 10, 0xfe80));
        rows.add(v6("site-local", Reach.NEVER, 10, 0xfec0));
        rows.add(v6("multicast", Reach.NEVER, 8, 0xff00));
    }

    private static AddressBlock v4(String name, Reach reach, int bits, int... octets) {
        var prefix = new byte[4];
        for (int i = 0; i < octets.length; i++) {
            prefix[i] = (byte) octets[i];
        }
        return new AddressBlock(prefix, bits, name, reach);
    }

    private static AddressBlock v6(String name, Reach reach, int bits, int... groups) {
        var prefix = new byte[16];
        for (int i = 0; i < groups.length; i++) {
            prefix[2 * i] = (byte) (groups[i] >> 8);
            prefix[2 * i + 1] = (byte) groups[i];
        }
        return new AddressBlock(prefix, bits, name, reach);
    }
}
