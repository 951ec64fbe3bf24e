package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the first registered prefix on, slugs begin with a registered one. */
class PrefixesIT {
    private static final String ENDPOINT =
            "{\"slug\":\"%s\",\"targets\":[{\"provider\":\"DEMO\"}]}";

    @Test
    void slugsAndDomainsKeepToTheRegisteredPrefixesOnceThereAreAny(@TempDir Path directory) {
        try (var broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
                var replica = ControlReplica.start(broker.bootstrapServers(), directory);
                var client = replica.client()) {
            var old = client.post("endpoints", ENDPOINT.formatted("free/m"));
            assertThat(old.status()).isEqualTo(200);

            assertThat(client.post("prefixes", "{\"prefix\":\"acme\"}").text("/id"))
                    .isEqualTo("acme");
            assertThat(client.post("prefixes", "{\"prefix\":\"acme\"}").status()).isEqualTo(400);
            assertThat(client.post("prefixes", "{\"prefix\":\"a/b\"}").status()).isEqualTo(400);
            assertThat(client.get("prefixes").body().at("/items")).hasSize(1);

            var refused = client.post("endpoints", ENDPOINT.formatted("other/m"));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("/error/param")).isEqualTo("slug");
            var path = "endpoints/" + old.text("/id");
            assertThat(client.patch(path, "{\"slug\":\"free/n\"}").status()).isEqualTo(400);
            assertThat(client.patch(path, "{\"region\":\"EU\"}").status()).isEqualTo(200);
            assertThat(client.patch(path, "{\"slug\":\"acme/n\"}").status()).isEqualTo(200);
            var domain = "{\"host\":\"a.example\",\"prefixes\":[\"%s\"]}";
            assertThat(client.post("domains", domain.formatted("free")).text("/error/param"))
                    .isEqualTo("prefixes[0]");
            assertThat(client.post("domains", domain.formatted("acme")).status()).isEqualTo(200);
            assertThat(client.post("domains", domain.formatted("acme")).text("/error/param"))
                    .isEqualTo("host");

            assertThat(client.delete("prefixes/acme").status()).isEqualTo(409);
            assertThat(client.delete(path).status()).isEqualTo(200);
            assertThat(client.delete("prefixes/acme").status()).isEqualTo(409);
            assertThat(client.delete("domains/a.example").status()).isEqualTo(200);
            assertThat(client.delete("prefixes/acme").status()).isEqualTo(200);
            assertThat(client.get("prefixes/acme").status()).isEqualTo(404);
            assertThat(client.post("endpoints", ENDPOINT.formatted("other/m")).status())
                    .isEqualTo(200);
        }
    }
}
