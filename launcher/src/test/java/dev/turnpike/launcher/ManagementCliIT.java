package dev.turnpike.launcher;

import static dev.turnpike.launcher.ControlReplica.OWNER_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.cli.Console;
import dev.turnpike.launcher.cli.TurnpikeCommand;
import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the management API, run as a user runs them, against a control plane. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementCliIT {
    private final Map<String, String> environment = new HashMap<>();
    private EmbeddedBroker broker;
    private ControlReplica replica;
    private @TempDir Path files;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        // Not the default, so that whatever a client takes for granted is seen to be wrong.
        replica =
                ControlReplica.start(
                        broker.bootstrapServers(),
                        directory,
                        Map.of("owner-key", OWNER_KEY, "branding.header-prefix", "X-Acme"));
        environment.put("TURNPIKE_URL", replica.url());
        environment.put("TURNPIKE_KEY", OWNER_KEY);
    }

    @AfterAll
    void stop() {
        replica.close();
        broker.close();
    }

    @Test
    void aGroupIsMadeReadChangedListedAndDeleted() {
        var made =
                json(
                        "groups create --external-entity-id cli-acme --name Acme",
                        "--models",
                        "[{slug: acme/m, rate_limits: [{type: REQUEST, unit: MINUTE, threshold: 3}]}]");
        var id = made.path("id").asText();
        assertThat(made.at("/metadata/name").asText()).isEqualTo("Acme");
        assertThat(made.at("/models/0/rate_limits/0/threshold").asInt()).isEqualTo(3);

        assertThat(json("groups update " + id + " --name Ltd").at("/metadata/name").asText())
                .isEqualTo("Ltd");
        assertThat(json("groups update " + id + " --clear name").at("/metadata/name").isNull())
                .isTrue();
        assertThat(run("groups get " + id).out()).contains("metadata.external_entity_id", "acme/m");
        assertThat(run("groups list --external-entity-id cli-acme --columns id,models").out())
                .isEqualTo("ID" + " ".repeat(30) + "MODELS\n" + id + "  acme/m\n");

        var stale = run("groups update " + id + " --name X --if-match 1");
        assertThat(stale.code()).isEqualTo(1);
        assertThat(stale.err()).contains("(412, code precondition_failed, request req_");
        assertThat(json("groups delete " + id + " --dry-run").path("dry_run").asBoolean()).isTrue();
        assertThat(json("groups delete " + id).at("/deleted_groups/0").asText()).isEqualTo(id);
        var gone = run("groups get " + id);
        assertThat(gone.code()).isEqualTo(66);
        assertThat(gone.err()).contains("There is no such resource (404, code not_found");
        assertThat(gone.out()).isEmpty();
    }

    @Test
    void aBodyComesFromAFileOrStdinAndOptionsWinOverIt() throws IOException {
        var file = files.resolve("endpoint.yaml");
        Files.writeString(file, "# a comment\nslug: cli/file\ntargets:\n  - provider: DEMO\n");
        assertThat(json("endpoints create --slug cli/option -f " + file).path("slug").asText())
                .isEqualTo("cli/option");
        var piped = "{\"slug\":\"cli/piped\",\"targets\":[{\"provider\":\"DEMO\"}]}";
        var answer = run(environment, piped, "endpoints create -f - --json");
        assertThat(read(answer.out()).path("slug").asText()).isEqualTo("cli/piped");

        Files.writeString(file, "slug: cli/file\nslug: cli/twice\n");
        assertThat(run("endpoints create -f " + file).code()).isEqualTo(65);
        assertThat(run("endpoints create -f " + files.resolve("absent")).code()).isEqualTo(65);
    }

    @Test
    void aRefusalNamesTheFieldAndTheRequest() {
        var refused = run("endpoints create --slug nonsense --targets []");
        assertThat(refused.code()).isEqualTo(65);
        assertThat(refused.err())
                .startsWith("turnpike: ")
                .contains("(400, code invalid_request, field slug, request req_");
    }

    @Test
    void secretsAreReadFromFilesAndKeysAreShownOnce() throws IOException {
        var secret = Files.writeString(files.resolve("secret"), "sk-provider\n");
        var made = run("credentials create --name cli-openai --value-file " + secret);
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("fingerprint").doesNotContain("sk-provider");

        var group =
                json("groups create --external-entity-id cli-keys", "--models", "[{slug: a/b}]");
        var minted = json("api-keys mint " + group.path("id").asText() + " --name first");
        assertThat(minted.path("api_key").asText()).startsWith("tp_");
        var prefix = minted.path("prefix").asText();
        assertThat(run("api-keys list " + group.path("id").asText()).out()).contains(prefix);
        var revoked = run("api-keys revoke " + group.path("id").asText() + " " + prefix);
        assertThat(revoked.out()).isEqualTo("prefix  " + prefix + "\n");
    }

    @Test
    void ownKeysAreRegisteredUnderTheOperatorsSignature() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var encoded = pair.getPublic().getEncoded();
        var raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        var publicKey = Base64.getEncoder().encodeToString(raw);
        var strict = "registration-keys create --require-timestamp true --public-key ";
        var signer = json(strict + publicKey).path("id").asText();
        var pem =
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded());
        var signing =
                Files.writeString(
                        files.resolve("signing.pem"),
                        "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n");
        var own = Files.writeString(files.resolve("own"), "sk/live.Q7dX2mPz-9LkV4tRwB8nYc3Hs");
        var group = json("groups create --external-entity-id cli-own", "--models", "[{slug: a/b}]");
        var id = group.path("id").asText();
        var register =
                "api-keys register %s --name mine --api-key-key-file %s --header-prefix X-Acme"
                        .formatted(id, own);

        assertThat(run(register + " --signing-key-file " + own).code()).isEqualTo(65);
        assertThat(run(register + " --dry-run --signing-key-file " + signing).code()).isZero();
        assertThat(json("api-keys list " + id).path("items")).isEmpty();
        assertThat(json(register + " --signing-key-file " + signing).path("ok").asBoolean())
                .isTrue();
        var listed = json("api-keys list " + id).at("/items/0");
        assertThat(listed.path("name").asText()).isEqualTo("mine");
        assertThat(listed.path("registered_under").asText()).isEqualTo(signer);
    }

    @Test
    void aRetriedCommandWithTheSameKeyDoesNothingMore() {
        var command = "management-keys create --name robot --role operator --idempotency-key k1";
        assertThat(json(command)).isEqualTo(json(command));
        var other = run(command + " --expires-at 2030-01-01T00:00:00Z");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("idempotency_conflict");
    }

    @Test
    void allPagesAreFetchedOrTheNextOneIsNamed() {
        for (int i = 0; i < 5; i++) {
            json("endpoints create --slug pages/" + i, "--targets", "[{provider: DEMO}]");
        }
        var first = run("endpoints list --limit 2");
        assertThat(first.out().lines()).hasSize(3);
        assertThat(first.err()).contains("There is more: --cursor ");
        var cursor = first.err().strip().replaceAll(".* ", "");
        assertThat(run("endpoints list --limit 2 --cursor " + cursor).code()).isZero();
        var all = json("endpoints list --limit 2 --all");
        assertThat(all.path("items").size()).isGreaterThanOrEqualTo(5);
        assertThat(all.at("/pagination/has_more").asBoolean()).isFalse();
        assertThat(all.path("items")).isEqualTo(json("endpoints list --limit 1000").path("items"));
    }

    @Test
    void aWrongKeyAndASilentServerAreToldApart() {
        var denied =
                run(Map.of("TURNPIKE_URL", replica.url(), "TURNPIKE_KEY", "tpm_x"), "", "whoami");
        assertThat(denied.code()).isEqualTo(77);
        assertThat(denied.err()).contains("code invalid_api_key").doesNotContain("tpm_x");
        var silent = Map.of("TURNPIKE_URL", "http://127.0.0.1:1", "TURNPIKE_KEY", OWNER_KEY);
        var unreachable = run(silent, "", "endpoints delete ep_x");
        assertThat(unreachable.code()).isEqualTo(69);
        assertThat(unreachable.err()).contains("http://127.0.0.1:1/ does not answer");
    }

    /** What a command ended with. */
    private record Ended(int code, String out, String err) {}

    /** The JSON a command prints; see {@link #run}. */
    private JsonNode json(String words, String... whole) {
        var ended = run(words + " --json", whole);
        assertThat(ended.code()).as(ended.err()).isZero();
        return read(ended.out());
    }

    /** Runs a command of words with blanks between, and of whole arguments behind them. */
    private Ended run(String words, String... whole) {
        return run(environment, "", words, whole);
    }

    private static Ended run(
            Map<String, String> variables, String stdin, String words, String... whole) {
        var args = new ArrayList<>(List.of(words.split(" ")));
        args.addAll(List.of(whole));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console =
                new Console(
                        variables,
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = TurnpikeCommand.run(console, args.toArray(String[]::new));
        return new Ended(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static JsonNode read(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
