package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random bodies, patched in place and patched as a tree, must come to the same. */
class BodyPatchSimTest {
    private static final int BODIES = 4_000;

    private static final ObjectMapper TREES =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_261_121})
    void patchingInPlaceEqualsPatchingATree(long seed) throws Exception {
        var random = new Random(seed);
        for (int i = 0; i < BODIES; i++) {
            var body = body(random);
            var patch =
                    new BodyPatch(
                            "tgt \"q\" \u00e9",
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            null);
            var request = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));

            var patched = ByteSlice.join(patch.apply(request));

            assertThat(TREES.readTree(patched))
                    .as("seed %d, body %d: %s", seed, i, body)
                    .isEqualTo(expected(body, patch));
            // What was forwarded must read, to us, as what was decided.
            assertThat(ChatRequestReader.read(patched).model()).isEqualTo(patch.targetModel());
        }
    }

    private static ObjectNode expected(String body, BodyPatch patch) throws Exception {
        var tree = (ObjectNode) TREES.readTree(body);
        tree.put("model", patch.targetModel());
        if (!patch.forwardMetadata()) {
            tree.remove("metadata");
        }
        if (tree.path("stream").asBoolean() && patch.usageInStream()) {
            var options = tree.get("stream_options");
            boolean wanted = options != null && options.path("include_usage").asBoolean();
            var target =
                    options instanceof ObjectNode object && patch.otherOptions()
                            ? object
                            : tree.putObject("stream_options");
            target.put("include_usage", true);
            if (!wanted && target.has("continuous_usage_stats")) {
                target.put("continuous_usage_stats", false);
            }
        } else {
            tree.remove("stream_options");
        }
        return tree;
    }

    private static String body(Random random) {
        var members = new ArrayList<String>();
        members.add("\"model\"" + colon(random) + "\"acme/m\"");
        members.add("\"messages\":[{\"role\":\"user\",\"content\":\"x \\ud83d\\ude00 \u00e9\"}]");
        maybe(random, members, "\"stream\":", "true", "false", "null", "true");
        maybe(
                random,
                members,
                "\"stream_options\":",
                "null",
                "{}",
                "{ }",
                "{\"include_usage\":true}",
                "{\"include_usage\" : false ,\"a\":1}",
                "{\"a\":{\"include_usage\":3},\"include_usage\":null}",
                "{\"continuous_usage_stats\":true}",
                "{\"include_usage\":true,\"continuous_usage_stats\":true}");
        maybe(random, members, "\"metadata\":", "{}", "null", "{\"a\":\"b\"}");
        maybe(random, members, "\"temperature\":", "1.0", "1e-7", "0.30000000000000004");
        maybe(random, members, "\"seed\":", "9223372036854775807", "-0", "123456789012345678901");
        maybe(random, members, "\"x\":", "[1,[2,{\"model\":\"no\"}]]", "\"\\u0000\\\\\"", "{}");
        Collections.shuffle(members, random);
        return space(random)
                + "{"
                + space(random)
                + String.join(space(random) + "," + space(random), members)
                + space(random)
                + "}"
                + space(random);
    }

    private static void maybe(Random random, List<String> members, String name, String... values) {
        if (random.nextInt(3) > 0) {
            members.add(name + values[random.nextInt(values.length)]);
        }
    }

    private static String colon(Random random) {
        return space(random) + ":" + space(random);
    }

    private static String space(Random random) {
        return List.of("", "", "", " ", "\n", "\r\n\t").get(random.nextInt(6));
    }
}
