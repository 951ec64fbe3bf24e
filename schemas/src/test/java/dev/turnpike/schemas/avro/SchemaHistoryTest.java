package dev.turnpike.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.schemas.avro.SchemaHistory.Release;
import dev.turnpike.schemas.avro.SchemaHistory.Seal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaHistoryTest {
    private static final String FOLDER = "/dev/turnpike/schemas/avro/";
    private static final String TOTAL = "{'name':'total','type':'long'}";
    private static final String NOTE = "{'name':'note','type':'string','default':''}";

    /**
     * If this fails because of a schema you changed: leave the released file as it is, write the
     * next version beside it, add it to registry.json under the next free id, and add the line that
     * the failure prints to released.sha256. CONTRIBUTING.md has the commands.
     */
    @Test
    void everyReleasedSchemaKeepsTheRules() throws IOException {
        assertThat(SchemaHistory.faults(released(), seals())).isEmpty();
    }

    @Test
    void aFieldWithADefaultMayComeAndGo() {
        assertThat(faults(schema(TOTAL), schema(TOTAL, NOTE), schema(TOTAL))).isEmpty();
    }

    @Test
    void aFieldWithoutADefaultMayNotCome() {
        assertThat(faults(schema(NOTE), schema(NOTE, TOTAL)))
                .singleElement(STRING)
                .contains("v2 and v1 cannot read each other", "READER_FIELD_MISSING_DEFAULT_VALUE");
    }

    @Test
    void aFieldWithoutADefaultMayNotGo() {
        assertThat(faults(schema(NOTE, TOTAL), schema(NOTE)))
                .singleElement(STRING)
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE at /fields/");
    }

    @Test
    void aTypeMayNotWidenBecauseOldReadersRemain() {
        var narrow = schema("{'name':'total','type':'int'}");

        assertThat(faults(narrow, schema(TOTAL))).singleElement(STRING).contains("TYPE_MISMATCH");
    }

    @Test
    void aVersionMustAgreeWithAllEarlierOnesNotOnlyTheLast() {
        var number = schema(TOTAL, "{'name':'note','type':'int','default':0}");

        assertThat(faults(number, schema(TOTAL), schema(TOTAL, NOTE)))
                .isNotEmpty()
                .allMatch(fault -> fault.contains("v3 and v1"));
    }

    @Test
    void anIdIsNeverUsedTwice() {
        var first = new Release(1, "a-value", 1, "a.v1.avsc", schema(TOTAL));
        var second = new Release(1, "b-value", 1, "b.v1.avsc", schema(TOTAL));

        assertThat(faults(List.of(first, second))).containsExactly("id 1 has 2 schemas");
    }

    @Test
    void aVersionIsNeverLeftOut() {
        var third = new Release(1, "a-value", 2, "a.v2.avsc", schema(TOTAL));

        assertThat(faults(List.of(third))).containsExactly("a-value lacks version 1");
    }

    @Test
    void aReleasedFileIsNeverEditedRenumberedOrRemoved() {
        var released = new Release(1, "a-value", 1, "a.v1.avsc", schema(TOTAL)).seal();
        var edited = new Release(1, "a-value", 1, "a.v1.avsc", schema(TOTAL, NOTE));
        var renumbered = new Release(2, "a-value", 1, "a.v1.avsc", schema(TOTAL));

        assertThat(Stream.of(List.of(edited), List.of(renumbered), List.<Release>of()))
                .allSatisfy(now ->
                        assertThat(SchemaHistory.faults(now, List.of(released)))
                                .singleElement(STRING)
                                .startsWith("a.v1.avsc was released as id 1"));
    }

    @Test
    void aReleasedFileIsSealed() {
        var release = new Release(1, "a-value", 1, "a.v1.avsc", schema(TOTAL));

        assertThat(SchemaHistory.faults(List.of(release), List.of()))
                .containsExactly("released.sha256 lacks the line: " + release.seal());
    }

    @Test
    void whatIsNoSchemaIsSaid() {
        assertThat(faults("{'type':'record','name':'A','fields':[{'name':'x','type':'nothing'}]}"))
                .singleElement(STRING)
                .startsWith("a.v1.avsc is not a schema");
    }

    private static List<String> faults(String... versions) {
        var releases = new ArrayList<Release>();
        for (var text : versions) {
            int number = releases.size() + 1;
            var json = text.replace('\'', '"');
            releases.add(new Release(number, "a-value", number, "a.v" + number + ".avsc", json));
        }
        return faults(releases);
    }

    private static List<String> faults(List<Release> releases) {
        return SchemaHistory.faults(releases, releases.stream().map(Release::seal).toList());
    }

    private static String schema(String... fields) {
        return ("{'type':'record','name':'A','fields':[" + String.join(",", fields) + "]}")
                .replace('\'', '"');
    }

    private static List<Release> released() throws IOException {
        var releases = new ArrayList<Release>();
        for (var entry : new ObjectMapper().readTree(text("registry.json"))) {
            var file = entry.required("file").textValue();
            releases.add(
                    new Release(
                            entry.required("id").intValue(),
                            entry.required("subject").textValue(),
                            entry.required("version").intValue(),
                            file,
                            text(file)));
        }
        return releases;
    }

    private static List<Seal> seals() throws IOException {
        return text("released.sha256").lines().map(Seal::parse).toList();
    }

    private static String text(String name) throws IOException {
        try (var stream = SchemaHistoryTest.class.getResourceAsStream(FOLDER + name)) {
            return new String(
                    Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
