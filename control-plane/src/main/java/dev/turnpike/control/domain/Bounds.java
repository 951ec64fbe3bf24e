package dev.turnpike.control.domain;

/**
 * How large an installation may grow; it bounds the image and every transaction.
 *
 * @param endpointsMax endpoints
 * @param groupsMax groups
 * @param groupsPerTreeMax groups of one tree: so many records a change of its root rewrites
 * @param keysPerGroupMax API keys of one group that have not expired
 * @param credentialsMax credentials
 * @param webhooksMax webhooks
 * @param managementKeysMax management keys that have not expired and are bound to no group
 * @param managementKeysPerGroupMax management keys that have not expired and are bound to one group
 * @param registrationKeysMax public keys for registration; each signature is tried with all
 * @param prefixesMax prefixes of slugs
 * @param domainsMax host names; each edge holds all of them
 * @param pricesMax prices
 * @param adjustmentsMax adjustments that are kept in mind; the ledger keeps all
 * @param deletionFactsMax groups and keys that one deletion may remove, in one transaction: it
 *     keeps the owner of the log busy for some 25 microseconds for each
 */
public record Bounds(
        int endpointsMax,
        int groupsMax,
        int groupsPerTreeMax,
        int keysPerGroupMax,
        int credentialsMax,
        int webhooksMax,
        int managementKeysMax,
        int managementKeysPerGroupMax,
        int registrationKeysMax,
        int prefixesMax,
        int domainsMax,
        int pricesMax,
        int adjustmentsMax,
        int deletionFactsMax) {
    public static final Bounds DEFAULT =
            new Bounds(
                    10_000, 500_000, 10_000, 1_000, 10_000, 1_000, 1_000, 100, 8, 10_000, 1_000,
                    10_000, 100_000, 250_000);
}
