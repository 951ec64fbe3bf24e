package dev.turnpike.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.KeyHash;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.runtime.secret.MasterKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
    private static final KeyHash HASH = new KeyHash("00".repeat(32), 1);
    private static final String BASE64URL =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    @Test
    void anUnknownFieldIsNamedHoweverDeepItStands() {
        var body = fields("{\"a\":[{\"b\":{\"c\":1,\"d\":2}}]}");
        body.objects("a", 1).getFirst().object("b").integer("c", 0, 1, 0);
        assertThat(param(body::done)).isEqualTo("a[0].b.d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.5", "\"1\"", "true", "1e400", "99999999999999999999", "-1", "[]", "{}"})
    void whatIsNoWholeNumberInRangeIsRefused(String value) {
        var body = fields("{\"n\":" + value + "}");
        assertThat(param(() -> body.integer("n", 0, 10, 0))).isEqualTo("n");
    }

    /** A year the log's microseconds cannot hold would stop the thread that writes it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "+999999999-12-31T23:59:59Z",
                "-999999999-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-11-21",
                "2026-11-21T00:00:00",
                ""
            })
    void aTimeNotWrittenAsRfc3339IsRefused(String time) {
        var body = fields("{\"t\":\"" + time + "\"}");
        assertThat(param(() -> body.optionalTime("t"))).isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource({"400, true", "401, false"})
    void aGroupHasSoManyLimitsInAll(int slugs, boolean accepted) {
        var limits =
                Stream.of("SECOND", "MINUTE", "HOUR", "SECOND", "MINUTE")
                        .map(unit ->
                                "{\"type\":\"TOKEN\",\"unit\":\"" + unit + "\",\"threshold\":1}")
                        .collect(Collectors.joining(","));
        var models =
                IntStream.range(0, slugs)
                        .mapToObj(
                                i -> "{\"slug\":\"a/" + i + "\",\"rate_limits\":[" + limits + "]}")
                        .collect(Collectors.joining(","));
        var body = fields("{\"models\":[" + models + "]}");
        if (accepted) {
            assertThat(LimitFields.read(body).orElseThrow()).hasSize(slugs);
        } else {
            assertThat(param(() -> LimitFields.read(body))).isEqualTo("models");
        }
    }

    @Test
    void aTimeIsReadInMicroseconds() {
        var body = fields("{\"t\":\"9999-12-31T23:59:59.123456789Z\"}");
        assertThat(body.optionalTime("t")).hasValue(Instant.parse("9999-12-31T23:59:59.123456Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\\ud800", "a\\udc00", "\\udc00\\ud800", "a\\u0000b", "a\\nb", "\\u0085"})
    void aTextThatTheLogCouldNotHoldAsSentIsRefused(String text) {
        var body = fields("{\"t\":\"" + text + "\"}");
        assertThat(param(() -> body.text("t", 0, 10))).isEqualTo("t");
    }

    /** A provider's key goes into a header, where U+010D would end the line if cut to a byte. */
    @ParameterizedTest
    @ValueSource(strings = {"sk-\\u010d", "sk-\\u00e9", "sk-1\\n", ""})
    void aSecretThatFitsNoHeaderIsRefused(String value) {
        var body = fields("{\"value\":\"" + value + "\"}");
        assertThat(param(() -> CredentialRoutes.value(body))).isEqualTo("value");
    }

    @Test
    void aTextMayHoldWhatNeedsTwoChars() {
        assertThat(fields("{\"t\":\"\\ud83d\\ude00\"}").text("t", 1, 1)).isEqualTo("\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0.1",
                "\"x\"",
                "\"\"",
                "0.0000000001",
                "1e999999999",
                "\"1e99\"",
                "null",
                "\"1e2\"",
                "\"+1\"",
                "\".5\"",
                "\"5.\"",
                "\" 1\"",
                "\"\u0663\"",
                "\"\uff11\""
            })
    void aCostThatIsNoAmountIsRefused(String threshold) {
        var limit = "{\"type\":\"COST\",\"unit\":\"DAY\",\"threshold\":" + threshold + "}";
        var body = fields("{\"models\":[{\"slug\":\"a/b\",\"usage_limits\":[" + limit + "]}]}");
        assertThat(param(() -> LimitFields.read(body)))
                .isEqualTo("models[0].usage_limits[0].threshold");
    }

    @Test
    void aCostIsReadFromNumbersAndTexts() {
        for (var threshold : new String[] {"12.5", "\"12.5\"", "\"12.500\""}) {
            var limit = "{\"type\":\"COST\",\"unit\":\"DAY\",\"threshold\":" + threshold + "}";
            var body = fields("{\"models\":[{\"slug\":\"a/b\",\"usage_limits\":[" + limit + "]}]}");
            var models = LimitFields.read(body).orElseThrow();
            assertThat(models.getFirst().usageLimits().getFirst().threshold())
                    .isEqualTo(12_500_000_000L);
        }
    }

    @Test
    void aCursorBelongsToOneListAndCannotBeChanged() {
        var cursors = new Cursors(MasterKey.of(new byte[MasterKey.BYTES]));
        var place = new Place(Instant.EPOCH.plusNanos(1_000), "grp_1");
        var cursor = cursors.of("all/group", place);

        assertThat(cursors.place("all/group", cursor)).isEqualTo(place);
        assertThat(param(() -> cursors.place("all/webhook", cursor))).isEqualTo("cursor");
        for (int i = 0; i < cursor.length(); i++) {
            for (var c : BASE64URL.replace(cursor.substring(i, i + 1), "").toCharArray()) {
                var forged = new StringBuilder(cursor);
                forged.setCharAt(i, c);
                assertThat(param(() -> cursors.place("all/group", forged.toString())))
                        .as("%s at %d", c, i)
                        .isEqualTo("cursor");
            }
        }
        for (var more : new String[] {"=", "==", "A", "\n"}) {
            assertThat(param(() -> cursors.place("all/group", cursor + more))).isEqualTo("cursor");
        }
    }

    /** Bits of the last character that mean nothing are there in two of three lengths. */
    @ParameterizedTest
    @ValueSource(strings = {"grp_1", "grp_12", "grp_123"})
    void aCursorHasOneSpelling(String id) {
        var cursors = new Cursors(MasterKey.of(new byte[MasterKey.BYTES]));
        var cursor = cursors.of("all/group", new Place(Instant.EPOCH, id));
        var rest = cursor.substring(0, cursor.length() - 1);
        long accepted =
                BASE64URL
                        .chars()
                        .filter(c -> holds(() -> cursors.place("all/group", rest + (char) c)))
                        .count();
        assertThat(accepted).isEqualTo(1);
    }

    private static boolean holds(Runnable read) {
        try {
            read.run();
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    @Test
    void whatIsUnknownIsNamedBeforeWhatIsMissing() {
        var body = fields("{\"foo\":1}");
        body.find("slug");
        assertThat(param(() -> body.doneWith(false, "slug", "or another field"))).isEqualTo("foo");
        var empty = fields("{}");
        assertThat(param(() -> empty.doneWith(false, "slug", "or another field")))
                .isEqualTo("slug");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"10.0.0.0/8\", \"10.0.0.1/8\"', 1",
        "'\"1.2.3\"', 0",
        "'\"010.0.0.1\"', 0",
        "'\"10.0.0.1\", \"10.0.0.1/32\"', 1",
        "'\"::1\", \"0:0::1/128\"', 1",
        "'\"2001:db8::1/32\"', 0"
    })
    void anAddressThatIsReadInTwoWaysOrGivenTwiceIsRefused(String addresses, int at) {
        var body = fields("{\"allowed_addresses\":[" + addresses + "]}");
        assertThat(param(() -> KeyFields.terms(body, HASH)))
                .isEqualTo("allowed_addresses[" + at + "]");
    }

    @Test
    void aModelGivenTwiceIsRefused() {
        var body = fields("{\"models\":[\"a/b\",\"a/c\",\"a/b\"]}");
        assertThat(param(() -> KeyFields.terms(body, HASH))).isEqualTo("models[2]");
    }

    private static Fields fields(String json) {
        return new Fields(Json.parseObject(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String param(ThrowingCallable refused) {
        var problem = new String[1];
        assertThatThrownBy(refused)
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> problem[0] = e.problem().param().orElse(""));
        return problem[0];
    }
}
