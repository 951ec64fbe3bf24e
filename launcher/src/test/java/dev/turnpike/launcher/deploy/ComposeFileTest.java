package dev.turnpike.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.launcher.up.Part;
import dev.turnpike.runtime.config.SettingsCatalog;
import dev.turnpike.runtime.config.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComposeFileTest {
    private static final Set<String> KEYS_OF_A_SERVICE =
            Set.of(
                    "image",
                    "build",
                    "command",
                    "environment",
                    "secrets",
                    "volumes",
                    "ports",
                    "depends_on",
                    "healthcheck",
                    "restart",
                    "stop_grace_period",
                    "init",
                    "read_only",
                    "cap_drop",
                    "security_opt",
                    "tmpfs");
    private static final Set<String> CONDITIONS =
            Set.of("service_started", "service_healthy", "service_completed_successfully");
    private static final String STATE = "/var/lib/turnpike";

    private ComposeFile file;

    @BeforeEach
    void read() throws IOException {
        file = ComposeFile.read();
    }

    @Test
    void everyServiceCommandRunsAndThereAreTwoEdges() {
        var commands =
                file.ours().values().stream()
                        .map(service -> service.path("command").path(0).asText())
                        .toList();

        assertThat(commands)
                .containsAll(Arrays.stream(Part.values()).map(Part::command).toList())
                .filteredOn("edge"::equals)
                .hasSize(2);
    }

    @Test
    void onlyKnownPartsOfTheFormatAreUsed() {
        assertThat(file.sections()).isSubsetOf("name", "services", "volumes", "secrets");
        file.services()
                .forEach((name, service) ->
                        assertThat(ComposeFile.children(service).keySet())
                                .as(name)
                                .isSubsetOf(KEYS_OF_A_SERVICE)
                                .contains("image", "restart", "healthcheck"));
    }

    @Test
    void everyVariableOfOursIsASetting() {
        var variables = variables();
        file.services()
                .forEach((name, service) ->
                        assertThat(ComposeFile.children(service.path("environment")).keySet())
                                .as(name)
                                .filteredOn(variable -> variable.startsWith("TURNPIKE_"))
                                .isSubsetOf(variables));
    }

    @Test
    void everythingAServiceNeedsToStartAloneIsGiven() {
        file.ours()
                .forEach((name, service) ->
                        assertThat(ComposeFile.children(service.path("environment")).keySet())
                                .as(name)
                                .contains(
                                        "TURNPIKE_KAFKA_BOOTSTRAP_SERVERS",
                                        "TURNPIKE_SCHEMA_REGISTRY_URL",
                                        "TURNPIKE_SECRETS_MASTER_KEY_FILE"));
    }

    @Test
    void noSecretStandsInTheFile() {
        var secrets = new TreeSet<String>();
        for (var entry : Configuration.catalog().entries()) {
            if (entry.type() == SettingsCatalog.Type.SECRET) {
                secrets.add(SettingsSource.variable(entry.key()));
            }
        }
        file.ours()
                .forEach((name, service) -> {
                    var environment = ComposeFile.children(service.path("environment"));
                    assertThat(environment.keySet()).as(name).doesNotContainAnyElementsOf(secrets);
                    var mounted = ComposeFile.texts(service.path("secrets"));
                    assertThat(file.secrets().keySet()).as(name).containsAll(mounted);
                    assertThat(secretFiles(environment)).as(name).isSubsetOf(mounted);
                });
    }

    @Test
    void everyServiceWaitsForServicesThatExistAndSayWhenTheyAreHealthy() {
        var names = file.services().keySet();
        file.services()
                .forEach((name, service) ->
                        ComposeFile.children(service.path("depends_on"))
                                .forEach((needed, how) -> {
                                    assertThat(names).as(name).contains(needed);
                                    assertThat(CONDITIONS).contains(how.path("condition").asText());
                                }));
        assertThat(withoutCycles()).isTrue();
    }

    @Test
    void everyStateHasAVolumeOfItsOwn() {
        var used = new HashSet<String>();
        file.services()
                .forEach((name, service) -> {
                    for (var mount : ComposeFile.texts(service.path("volumes"))) {
                        var source = mount.substring(0, mount.indexOf(':'));
                        if (source.startsWith(".")) {
                            assertThat(ComposeFile.path().resolveSibling(source).normalize())
                                    .as(name)
                                    .isRegularFile();
                        } else {
                            assertThat(used.add(source)).as("%s is mounted once", source).isTrue();
                        }
                    }
                });
        assertThat(used).isEqualTo(file.volumes().keySet());
        file.ours()
                .forEach((name, service) ->
                        assertThat(ComposeFile.texts(service.path("volumes")))
                                .as(name)
                                .anyMatch(mount -> mount.endsWith(":" + STATE)));
    }

    @Test
    void publishedPortsDifferAndAreOnLoopback() {
        var published =
                file.services().values().stream()
                        .flatMap(service -> ComposeFile.texts(service.path("ports")).stream())
                        .toList();

        assertThat(published).allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
        assertThat(published.stream().map(port -> port.split(":", -1)[1]))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void everyImageIsPinned() throws IOException {
        var images = new TreeSet<String>();
        file.services().values().forEach(service -> images.add(service.path("image").asText()));
        for (var line : Files.readAllLines(ComposeFile.path().resolveSibling("Dockerfile"))) {
            if (line.startsWith("FROM ")) {
                images.add(line.split(" ", -1)[1]);
            }
        }
        assertThat(images)
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(image -> image.matches("[a-z0-9./-]+:[a-z0-9._-]*[0-9][a-z0-9._-]*"));
    }

    @Test
    void replicasOfAServiceHaveNamesOfTheirOwn() {
        var ids =
                file.ours().values().stream()
                        .flatMap(service ->
                                ComposeFile.children(service.path("environment"))
                                        .entrySet()
                                        .stream())
                        .filter(entry ->
                                entry.getKey().endsWith("_ID")
                                        || entry.getKey().endsWith("_ADVERTISED_URL"))
                        .map(entry -> entry.getValue().asText())
                        .toList();

        assertThat(ids).hasSizeGreaterThanOrEqualTo(file.ours().size()).doesNotHaveDuplicates();
    }

    private static Set<String> variables() {
        var names = new TreeSet<String>();
        for (var entry : Configuration.catalog().entries()) {
            var name = SettingsSource.variable(entry.key());
            names.add(name);
            if (entry.type() == SettingsCatalog.Type.SECRET) {
                names.add(name + "_FILE");
            }
        }
        return names;
    }

    private static List<String> secretFiles(Map<String, JsonNode> environment) {
        var place = "/run/secrets/";
        return environment.values().stream()
                .map(JsonNode::asText)
                .filter(value -> value.startsWith(place))
                .map(value -> value.substring(place.length()))
                .toList();
    }

    /** Takes away, again and again, the services that wait for nobody who is left. */
    private boolean withoutCycles() {
        var left = new TreeMap<String, Set<String>>();
        file.services()
                .forEach((name, service) ->
                        left.put(name, ComposeFile.children(service.path("depends_on")).keySet()));
        for (int before = -1; before != left.size(); ) {
            before = left.size();
            left.entrySet()
                    .removeIf(entry -> entry.getValue().stream().noneMatch(left::containsKey));
        }
        return left.isEmpty();
    }
}
