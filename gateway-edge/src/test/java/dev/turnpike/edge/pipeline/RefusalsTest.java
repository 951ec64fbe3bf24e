package dev.turnpike.edge.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.edge.wire.UpstreamErrorReader;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one customer writes must not change what others are served. */
class RefusalsTest {
    private static final String UNKNOWN =
            "{'error':{'message':'Unknown parameter: stream_options'}}";
    private static final String STREAM =
            "{'model':'acme/chat','stream':true,'messages':[{'role':'user','content':'x'}]%s}";

    private final AtomicLong nanos = new AtomicLong();
    private final Refusals refusals = new Refusals(nanos::get);

    @Test
    void theClientsOwnStreamOptionsGoFirstAndNothingIsLearned() {
        var own = ",'stream_options':{'include_usage':true,'include_obfuscation':'x'}";

        var first = next(own, Set.of()).orElseThrow();
        var without = first.leftOutWith(Set.of());
        var second = next(own, without).orElseThrow();

        assertThat(first.what()).isEqualTo(Dispensable.CLIENT_STREAM_OPTIONS);
        assertThat(sent(own, without)).contains("'stream_options':{'include_usage':true}}");
        refusals.learned(MoneyRig.TARGET, "gpt", first, without);
        assertThat(known()).isEmpty();
        assertThat(second.what()).isEqualTo(Dispensable.STREAM_OPTIONS);
        without = second.leftOutWith(without);
        assertThat(sent(own, without)).doesNotContain("stream_options");
        assertThat(next(own, without)).isEmpty();
        refusals.learned(MoneyRig.TARGET, "gpt", second, without);
        assertThat(known()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",'stream_options':{'include_usage':false}", ",'stream_options':{}"})
    void whatIsRefusedOfOurOwnIsLearned(String options) {
        var blame = next(options, Set.of()).orElseThrow();

        refusals.learned(MoneyRig.TARGET, "gpt", blame, blame.leftOutWith(Set.of()));

        assertThat(known()).containsExactly(Dispensable.STREAM_OPTIONS);
        assertThat(refusals.of(MoneyRig.TARGET, "other")).isEmpty();
    }

    @Test
    void aRefusedValueIsLeftOutAndNotLearned() {
        var error =
                error(
                        "{'error':{'message':'Unsupported value: stream_options does not support"
                                + " that'}}");
        var blame = Refusals.next(error, form("", Set.of())).orElseThrow();

        refusals.learned(MoneyRig.TARGET, "gpt", blame, Set.of(Dispensable.STREAM_OPTIONS));

        assertThat(blame.what()).isEqualTo(Dispensable.STREAM_OPTIONS);
        assertThat(known()).isEmpty();
    }

    @Test
    void onlyTheLastThatWasLeftOutIsLearned() {
        var blame = new Refusals.Blame(Dispensable.USER, true);

        refusals.learned(
                MoneyRig.TARGET, "gpt", blame, blame.leftOutWith(Set.of(Dispensable.TOP_K)));

        assertThat(known()).containsExactly(Dispensable.USER);
    }

    @Test
    void eachIsForgottenAnHourAfterItWasLearned() {
        learn(Dispensable.USER);
        nanos.addAndGet(Refusals.REMEMBERED_FOR.toNanos() / 2);
        learn(Dispensable.TOP_K);
        learn(Dispensable.USER);
        assertThat(known()).containsExactly(Dispensable.TOP_K, Dispensable.USER);

        nanos.addAndGet(Refusals.REMEMBERED_FOR.toNanos() / 2);

        assertThat(known()).containsExactly(Dispensable.TOP_K);
    }

    @ParameterizedTest
    @EnumSource(
            value = OpenAiRoute.class,
            names = {"RESPONSES", "COMPACT", "IMAGES"})
    void aRouteWithoutOurStreamOptionsIsNotAskedAgain(OpenAiRoute route) throws BodyFaultException {
        var body = "{'model':'acme/chat','input':'x','prompt':'x','stream':true}";
        var form = MoneyRig.read(route, json(body)).form(MoneyRig.TARGET, MoneyRig.terms());

        assertThat(form.dispensable()).isEmpty();
        assertThat(Refusals.next(error(UNKNOWN), form)).isEmpty();
    }

    private void learn(Dispensable what) {
        refusals.learned(MoneyRig.TARGET, "gpt", new Refusals.Blame(what, true), Set.of(what));
    }

    private Set<Dispensable> known() {
        return refusals.of(MoneyRig.TARGET, "gpt");
    }

    private static Optional<Refusals.Blame> next(String options, Set<Dispensable> without) {
        return Refusals.next(error(UNKNOWN), form(options, without));
    }

    private static UpstreamError error(String text) {
        var bytes = json(text).getBytes(UTF_8);
        return UpstreamErrorReader.read(400, bytes, 0, bytes.length, "gpt", "acme/chat");
    }

    private static TargetForm form(String options, Set<Dispensable> without) {
        var ids = MoneyRig.terms().ids();
        var terms = new TargetTerms("gpt", false, without, ids);
        try {
            return MoneyRig.read(json(STREAM.formatted(options))).form(MoneyRig.TARGET, terms);
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
    }

    private static String sent(String options, Set<Dispensable> without) {
        var body = (UpstreamBody.Slices) form(options, without).body();
        return new String(ByteSlice.join(body.slices()), UTF_8).replace('"', '\'');
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
