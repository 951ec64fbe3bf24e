package dev.turnpike.runtime.outbound;

import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says which addresses may be dialled. The decision is made on the bytes of a resolved address, at
 * connect time, and the caller connects to exactly the address that was checked: so neither odd
 * spellings ({@code 0x7f.1}) nor a name whose answer changes between check and use get around it.
 *
 * <p>Cloud metadata services and link-local addresses are refused under every policy. Immutable and
 * safe for any number of threads.
 */
public final class AddressPolicy {
    private final boolean privateAllowed;
    private final Set<InetAddress> own;
    private final Resolver resolver;

    private AddressPolicy(boolean privateAllowed, Set<InetAddress> own, Resolver resolver) {
        this.privateAllowed = privateAllowed;
        this.own = Set.copyOf(own);
        this.resolver = resolver;
    }

    /**
     * Public addresses only, and none of this machine's own; the list of own addresses is read
     * once, here.
     */
    public static AddressPolicy publicOnly() {
        return new AddressPolicy(false, ownAddresses(), Resolver.SYSTEM);
    }

    /** Public addresses, loopback and private networks. */
    public static AddressPolicy allowPrivate() {
        return new AddressPolicy(true, Set.of(), Resolver.SYSTEM);
    }

    /** The same policy asking another resolver. */
    public AddressPolicy with(Resolver other) {
        return new AddressPolicy(privateAllowed, own, other);
    }

    /** Whether loopback and private networks are open. */
    public boolean privateAllowed() {
        return privateAllowed;
    }

    /** Why {@code address} may not be dialled, or empty when it may. Never blocks. */
    public Optional<String> refusal(InetAddress address) {
        byte[] bytes = unwrapped(address.getAddress());
        for (var block : AddressBlock.TABLE) {
            if (block.contains(bytes)) {
                boolean open = privateAllowed && block.reach() == AddressBlock.Reach.PRIVATE;
                return open ? Optional.empty() : Optional.of(block.name());
            }
        }
        return own.contains(withoutScope(address)) ? Optional.of("own address") : Optional.empty();
    }

    /**
     * Resolves {@code host} once and checks every answer; one forbidden answer refuses the host,
     * since a mixed answer is how a rebinding attack looks.
     *
     * @return the addresses that may be dialled, at least one, in the resolver's order
     * @throws AddressRefusedException if any answer is forbidden
     * @throws UnknownHostException if the name does not resolve
     */
    public List<InetAddress> resolve(String host)
            throws AddressRefusedException, UnknownHostException {
        var addresses = resolver.addresses(host);
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        for (var address : addresses) {
            var refusal = refusal(address);
            if (refusal.isPresent()) {
                throw new AddressRefusedException(refusal.get());
            }
        }
        return addresses;
    }

    /** Java unwraps mapped addresses itself, but not those built with a scope or by other code. */
    private static byte[] unwrapped(byte[] bytes) {
        if (bytes.length != 16) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        boolean mapped = bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff;
        return mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
    }

    private static Set<InetAddress> ownAddresses() {
        var found = new HashSet<InetAddress>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(AddressPolicy::withoutScope)
                    .forEach(found::add);
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot list own addresses", e);
        }
        return found;
    }

    private static InetAddress withoutScope(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
