package dev.turnpike.schemas.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host name under which the gateway is reached, and what is to be seen there.
 *
 * @param host in lower case, without a port; also its identity
 * @param prefixes slugs of these are seen, no others
 * @param certificate null when TLS for the host is not ended here
 * @param version counts the changes of this resource, from 1
 */
public record Domain(
        String host,
        List<String> prefixes,
        @Nullable DomainCertificate certificate,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    public Domain {
        prefixes = List.copyOf(prefixes);
    }

    /** The serial of the certificate that comes next. */
    public long nextSerial() {
        return certificate == null ? 1 : certificate.serial() + 1;
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.DOMAIN;
    }

    @Override
    public String resourceId() {
        return host;
    }
}
