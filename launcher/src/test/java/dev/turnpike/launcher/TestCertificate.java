package dev.turnpike.launcher;

import dev.turnpike.testkit.tls.TestAuthority;

/** A certificate with its key, in PEM. */
record TestCertificate(String chain, String key) {
    private static final TestAuthority AUTHORITY = new TestAuthority("of the tests");

    /**
     * @param algorithm {@code RSA} or {@code EC}
     */
    static TestCertificate of(String host, String algorithm) {
        var issued = AUTHORITY.issue(host, algorithm);
        return new TestCertificate(issued.chain(), issued.key());
    }
}
