package dev.turnpike.runtime.tls;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the identity a listener shows. Asked once for each handshake, by any thread. */
@FunctionalInterface
public interface TlsIdentities {
    /**
     * @param host the name the client asks for, in lower case; null when it names none
     * @return empty to end the handshake
     */
    Optional<TlsIdentity> of(@Nullable String host);
}
