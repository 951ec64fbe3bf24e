package dev.turnpike.launcher.cli;

import dev.turnpike.launcher.up.AllInOne;
import java.time.Duration;
import java.util.Locale;

/** What {@code up} prints when everything is ready. */
final class Announcement {
    private Announcement() {}

    /** The owner key is in it if this start made one; it is printed nowhere else. */
    static String of(AllInOne all, Duration took) {
        var addresses = all.addresses();
        var text = new StringBuilder();
        text.append("Turnpike is up (%.1f s).%n%n".formatted(took.toMillis() / 1000.0));
        line(text, "gateway", addresses.gatewayUrl() + "/v1", "base URL for OpenAI SDKs");
        line(text, "control", addresses.controlUrl() + "/v1/gateway", "management API");
        line(text, "kafka", addresses.bootstrapServers(), "the ledger is turnpike.ledger");
        line(text, "registry", addresses.registryUrl(), "schemas of all topics");
        line(text, "data", all.dataDirectory().toString(), "");
        var key = all.ownerKey();
        if (key.isPresent()) {
            text.append("%nOwner key (shown only now, keep it):%n%n  ".formatted());
            text.append(key.get().reveal()).append(System.lineSeparator());
            text.append("%nTry it:%n%n  ".formatted());
            text.append(
                    "curl -H 'Authorization: Bearer %s' %s/v1/gateway/groups%n"
                            .formatted(key.get().reveal(), addresses.controlUrl()));
        } else {
            text.append("%nTry it:%n%n  ".formatted());
            text.append("curl %s/health/ready%n".formatted(addresses.controlUrl()));
        }
        text.append("%nCtrl-C stops it.%n".formatted());
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value, String meaning) {
        text.append("  %-9s %-42s %s".formatted(name, value, meaning).stripTrailing());
        text.append(String.format(Locale.ROOT, "%n"));
    }
}
