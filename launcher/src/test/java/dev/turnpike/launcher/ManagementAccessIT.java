package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what with the management API, and what does not exist for whom. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementAccessIT {
    private static final String ABSENT = "grp_00000000000000000000000000";

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient owner;
    private int tenants;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica = ControlReplica.start(broker.bootstrapServers(), directory);
        owner = replica.client();
    }

    @AfterAll
    void stop() {
        owner.close();
        replica.close();
        broker.close();
    }

    /** A root, a group below it, and a key of the one below. */
    private record Tenant(String name, String root, String leaf, String prefix) {}

    private Tenant tenant() {
        var name = "tenant-" + ++tenants;
        var root = made(owner.post("groups", group(name, null, 100)));
        var leaf = made(owner.post("groups", group(name + "/leaf", root, 50)));
        var key = owner.post("groups/" + leaf + "/api_keys", "{}");
        return new Tenant(name, root, leaf, key.text("/prefix"));
    }

    private ControlClient keyOf(String role, String group) {
        return owner.as(minted(owner, role, "\"" + group + "\"").text("/key"));
    }

    private static ControlClient.Got minted(ControlClient by, String role, String group) {
        return by.post(
                "management_keys",
                "{\"name\":\"k\",\"role\":\"" + role + "\",\"group_id\":" + group + "}");
    }

    @Test
    void anotherTenantsIdsAnswerLikeAbsentOnes() {
        var mine = tenant();
        var other = tenant();
        try (var admin = keyOf("tenant_admin", mine.root())) {
            for (var path : List.of("", "/api_keys", "/children", "/subtree")) {
                assertThat(admin.get("groups/" + mine.leaf() + path).status()).isEqualTo(200);
                assertSame(admin.get("groups/" + other.leaf() + path), absent(admin, path));
            }
            var key = "/api_keys/" + other.prefix();
            assertSame(admin.get("groups/" + other.leaf() + key), absent(admin, key));
            assertSame(admin.get("groups/" + mine.leaf() + key), absent(admin, key));
            var patch = "{\"metadata\":{\"name\":\"x\"}}";
            assertSame(
                    admin.patch("groups/" + other.leaf(), patch),
                    admin.patch("groups/" + ABSENT, patch));
            assertSame(admin.delete("groups/" + other.leaf()), admin.delete("groups/" + ABSENT));
            assertSame(
                    admin.post("groups/" + other.leaf() + "/api_keys", "{}"),
                    admin.post("groups/" + ABSENT + "/api_keys", "{}"));
            var child = mine.name() + "/new";
            assertSame(
                    admin.post("groups", group(child, other.root(), 1)),
                    admin.post("groups", group(child, ABSENT, 1)));
            assertSame(
                    minted(admin, "member", "\"" + other.leaf() + "\""),
                    minted(admin, "member", "\"" + ABSENT + "\""));
        }
        assertThat(owner.get("groups/" + other.leaf()).text("/metadata/name")).isEqualTo("null");
    }

    @Test
    void aTenantListsNothingButItsOwn() {
        var mine = tenant();
        var other = tenant();
        try (var admin = keyOf("tenant_admin", mine.root());
                var below = keyOf("tenant_admin", mine.leaf())) {
            assertThat(ids(admin.get("groups"))).containsExactly(mine.root(), mine.leaf());
            assertThat(ids(below.get("groups"))).containsExactly(mine.leaf());
            assertThat(ids(admin.get("groups/" + mine.root() + "/subtree")))
                    .containsExactly(mine.root(), mine.leaf());
            for (var filter :
                    List.of(
                            "external_entity_id=" + other.name(),
                            "parent_group_id=" + other.root(),
                            "subtree_of=" + other.root())) {
                assertThat(ids(owner.get("groups?" + filter))).isNotEmpty();
                assertThat(ids(admin.get("groups?" + filter))).isEmpty();
            }
            var keys = admin.get("management_keys").body().at("/items");
            assertThat(keys).hasSize(2).allMatch(key -> key.path("role").asText().startsWith("t"));
            var page = owner.get("groups?limit=1").text("/pagination/cursor");
            assertThat(admin.get("groups?cursor=" + page).text("/error/param")).isEqualTo("cursor");

            var seen = admin.get("audit_events?limit=1000").body().toString();
            assertThat(seen).contains(mine.root(), mine.leaf(), mine.prefix());
            assertThat(seen).doesNotContain(other.root(), other.leaf(), other.name());
            assertThat(below.get("audit_events?limit=1000").body().toString())
                    .contains(mine.leaf())
                    .doesNotContain("\"id\":\"" + mine.root() + "\"");
            assertThat(admin.get("endpoints").status()).isEqualTo(403);
            assertThat(admin.get("webhooks").status()).isEqualTo(403);
            assertThat(admin.get("credentials").status()).isEqualTo(403);
        }
    }

    @Test
    void aTenantAdminChangesWhatIsBelowItsGroupWithinItsMeans() {
        var mine = tenant();
        try (var admin = keyOf("tenant_admin", mine.root());
                var member = keyOf("member", mine.root())) {
            var made = admin.post("groups", group(mine.name() + "/b", mine.root(), 100));
            assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
            assertThat(admin.post("groups/" + mine.root() + "/api_keys", "{}").status())
                    .isEqualTo(200);
            assertThat(
                            admin.post("groups", group("elsewhere", mine.root(), 1))
                                    .text("/error/param"))
                    .isEqualTo("metadata.external_entity_id");
            assertThat(
                            admin.post("groups", group(mine.name() + "/c", mine.root(), 101))
                                    .text("/error/message"))
                    .isEqualTo("Child group exceeds parent group limit.");
            var foreignSlug = "{\"models\":[{\"slug\":\"acme/other\"}]}";
            assertThat(admin.patch("groups/" + mine.leaf(), foreignSlug).text("/error/param"))
                    .isEqualTo("models[0].slug");
            assertThat(admin.patch("groups/" + mine.root(), foreignSlug).status()).isEqualTo(403);
            assertThat(admin.delete("groups/" + mine.root()).status()).isEqualTo(403);
            assertThat(admin.post("groups", group("root", null, 1)).status()).isEqualTo(404);
            assertThat(minted(admin, "operator", "null").status()).isEqualTo(403);

            assertThat(member.get("groups/" + mine.leaf()).status()).isEqualTo(200);
            assertThat(member.post("groups/" + mine.leaf() + "/api_keys", "{}").status())
                    .isEqualTo(403);
            assertThat(admin.delete("groups/" + mine.leaf()).status()).isEqualTo(200);
        }
    }

    @Test
    void keysOfATenantEndWithItsGroup() {
        var mine = tenant();
        try (var admin = keyOf("tenant_admin", mine.leaf())) {
            assertThat(admin.get("whoami").text("/group_id")).isEqualTo(mine.leaf());
            var gone = owner.delete("groups/" + mine.root());
            assertThat(gone.text("/revoked_management_keys")).isEqualTo("1");
            assertThat(admin.get("whoami").status()).isEqualTo(401);
        }
    }

    @Test
    void anExpiredKeyIsAsWrongAsAnyOther() {
        var end = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MILLIS);
        var made =
                owner.post(
                        "management_keys",
                        "{\"name\":\"brief\",\"role\":\"auditor\",\"expires_at\":\"%s\"}"
                                .formatted(end));
        try (var brief = owner.as(made.text("/key"));
                var nobody = owner.as("tpm_nobody")) {
            int before = brief.get("whoami").status();
            assertThat(before == 200 || !Instant.now().isBefore(end)).isTrue();
            Eventually.await(
                    Duration.ofSeconds(20),
                    "the key ends",
                    () -> brief.get("whoami").status() == 401);
            assertThat(brief.get("whoami").body()).isEqualTo(nobody.get("whoami").body());
        }
    }

    @Test
    void nobodyMakesOrEndsAKeyThatCanDoMore() {
        var made = minted(owner, "admin", "null");
        var mine = tenant();
        try (var admin = owner.as(made.text("/key"))) {
            assertThat(minted(admin, "owner", "null").code()).isEqualTo("permission_denied");
            assertThat(minted(admin, "admin", "null").status()).isEqualTo(200);
            assertThat(minted(admin, "tenant_admin", "null").text("/error/param"))
                    .isEqualTo("group_id");
            assertThat(minted(admin, "auditor", "\"" + mine.root() + "\"").text("/error/param"))
                    .isEqualTo("group_id");
            var ownerId = owner.get("whoami").text("/id");
            assertThat(admin.delete("management_keys/" + ownerId).status()).isEqualTo(403);
        }
        var brief =
                owner.post(
                        "management_keys",
                        """
                        {"name":"brief","role":"admin","expires_at":"2099-01-01T00:00:00Z"}
                        """);
        try (var admin = owner.as(brief.text("/key"))) {
            assertThat(minted(admin, "auditor", "null").text("/error/param"))
                    .isEqualTo("expires_at");
        }
    }

    @Test
    void aMistypedQueryParameterChangesNothing() {
        var mine = tenant();
        var wrong = owner.delete("groups/" + mine.root() + "?dryrun=true");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error/param")).isEqualTo("dryrun");
        var twice = owner.delete("groups/" + mine.root() + "?dry_run=true&dry_run=false");
        assertThat(twice.text("/error/param")).isEqualTo("dry_run");
        assertThat(owner.get("groups?page=2").text("/error/param")).isEqualTo("page");
        assertThat(owner.get("groups?subtree_of=").text("/error/param")).isEqualTo("subtree_of");
        assertThat(owner.get("groups?cursor=").status()).isEqualTo(200);
        assertThat(owner.get("groups/" + mine.root()).status()).isEqualTo(200);
    }

    private static ControlClient.Got absent(ControlClient by, String path) {
        return by.get("groups/" + ABSENT + path);
    }

    private static void assertSame(ControlClient.Got got, ControlClient.Got absent) {
        assertThat(got.status()).isEqualTo(absent.status()).isIn(404, 400);
        assertThat(got.body()).isEqualTo(absent.body());
    }

    private static List<String> ids(ControlClient.Got page) {
        assertThat(page.status()).as("%s", page.body()).isEqualTo(200);
        var ids = new ArrayList<String>();
        page.body().at("/items").forEach(item -> ids.add(item.path("id").asText()));
        return ids;
    }

    private static String made(ControlClient.Got got) {
        assertThat(got.status()).as("%s", got.body()).isEqualTo(200);
        return got.text("/id");
    }

    private static String group(String externalId, @Nullable String parent, int perMinute) {
        return """
        {"metadata":{"external_entity_id":"%s"},
         "models":[{"slug":"acme/m",
          "rate_limits":[{"type":"TOKEN","unit":"MINUTE","threshold":%d}]}],
         "hierarchy":{"limit_enforcement":"CASCADING","parent_group_id":%s}}
        """
                .formatted(externalId, perMinute, parent == null ? "null" : '"' + parent + '"');
    }
}
