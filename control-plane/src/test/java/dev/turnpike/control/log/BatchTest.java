package dev.turnpike.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Bounds;
import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Command.CreateCredential;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Decider;
import dev.turnpike.control.domain.Image;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.CredentialId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456789Z");
    private static final String URL = "http://127.0.0.1:1";

    private final IdSource ids = new IdSource(() -> NOON, new Random(1));
    private final List<ControlEvent> log = new ArrayList<>();
    private Image image = Image.EMPTY;

    @Test
    void factsFormAChainThatShowsEveryChange() {
        commit(create("a"), create("b"));
        commit(create("c"));

        var chain = FactChain.START;
        for (var fact : log) {
            assertThat(chain.continuedBy(fact)).isTrue();
            assertThat(chain.continuedBy(forged(fact))).isFalse();
            chain = FactChain.of(fact);
        }
        assertThat(chain.sequence()).isEqualTo(3);
        var head = image.head().orElseThrow();
        assertThat(head.hash()).isEqualTo(chain.hash());
        assertThat(head.sequence()).isEqualTo(3);
    }

    @Test
    void theHeadIsTheLastRecordOfEveryTransaction() {
        var batch = batch();
        batch.add(create("a"), NOON);
        var keys = List.copyOf(batch.prepare(URL, NOON).state().keySet());
        assertThat(keys).hasSize(2);
        assertThat(keys.getLast()).isEqualTo("log_head/" + LogHead.ID);
    }

    @Test
    void timesIncreaseWhileTheClockStandsStill() {
        commit(create("a"), create("b"));
        commit(create("c"));
        var times = log.stream().map(ControlEvent::at).toList();
        assertThat(times).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aRetryFindsWhatItMadeAndAnotherBodyIsAConflict() {
        var first = (Answer.Done) commit(create("a", "k", "body")).getFirst();
        var again = (Answer.Done) commit(create("a", "k", "body")).getFirst();
        var other = (Answer.Refused) commit(create("a", "k", "other")).getFirst();

        assertThat(again.subject()).isEqualTo(first.subject());
        assertThat(again.facts()).isEmpty();
        assertThat(other.problem().code()).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
        assertThat(log).hasSize(1);
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        commit(create("a", "k", "body"));
        var tomorrow = NOON.plus(Idempotency.KEPT).plusSeconds(1);
        var batch = batch();
        var answer = (Answer.Done) batch.add(create("a", "k", "other"), tomorrow);
        assertThat(answer.facts()).hasSize(1);
        batch = batch();
        batch.add(create("b"), tomorrow);
        assertThat(batch.prepare(URL, tomorrow).image().idempotency("k")).isEmpty();
    }

    @Test
    void aDryRunIsDecidedAndLeavesNothing() {
        var batch = batch();
        var wish = create("a", "k", "body");
        var answer =
                batch.add(
                        new Submission(
                                wish.command(),
                                Optional.empty(),
                                wish.actor(),
                                "req",
                                OptionalLong.empty(),
                                wish.idempotency(),
                                true),
                        NOON);
        assertThat(((Answer.Done) answer).facts()).hasSize(1);
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void aCommandIsDecidedOnWhatTheOneBeforeItMadeTrue() {
        var answers =
                commit(
                        create("a"),
                        submission(
                                now -> {
                                    var made = now.all().stream();
                                    var id =
                                            made.filter(Credential.class::isInstance)
                                                    .map(Credential.class::cast)
                                                    .findFirst()
                                                    .orElseThrow();
                                    return new DeleteCredential(id.id());
                                },
                                Optional.empty()));
        assertThat(answers).allMatch(Answer.Done.class::isInstance);
        assertThat(log)
                .extracting(ControlEvent::action)
                .containsExactly("credential.created", "credential.deleted");
    }

    private List<Answer> commit(Submission... submissions) {
        var batch = batch();
        var answers = new ArrayList<Answer>();
        for (var submission : submissions) {
            answers.add(batch.add(submission, NOON));
        }
        var prepared = batch.prepare(URL, NOON);
        log.addAll(prepared.events());
        image = prepared.image();
        return answers;
    }

    private Batch batch() {
        return new Batch(image, new Decider(Bounds.DEFAULT), ids::next);
    }

    private Submission create(String name) {
        return submission(now -> credential(name), Optional.empty());
    }

    private Submission create(String name, String key, String body) {
        var use = new Idempotency(key, body.getBytes(StandardCharsets.UTF_8));
        return submission(now -> credential(name), Optional.of(use));
    }

    private Command credential(String name) {
        return new CreateCredential(CredentialId.ofUlid(ids.next()), name, null, new byte[4], "f");
    }

    private static Submission submission(
            Function<Image, Command> command, Optional<Idempotency> use) {
        var actor = new Actor("management_key", "tpm_x", "n", Role.OWNER);
        return new Submission(
                command, Optional.empty(), actor, "req", OptionalLong.empty(), use, false);
    }

    private static ControlEvent forged(ControlEvent fact) {
        return new ControlEvent(
                fact.sequence(),
                fact.id(),
                fact.at(),
                new Actor("management_key", "tpm_y", "n", Role.OWNER),
                fact.requestId(),
                fact.action(),
                fact.before(),
                fact.after(),
                fact.previousHash(),
                fact.hash());
    }
}
