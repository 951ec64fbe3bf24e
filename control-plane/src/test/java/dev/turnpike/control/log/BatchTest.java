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
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
        var again = (Answer.Repeated) commit(create("a", "k", "body", 2)).getFirst();
        var other = (Answer.Refused) commit(create("a", "k", "other")).getFirst();

        assertThat(again.subject()).isEqualTo(first.subject());
        assertThat(again.nonce()).containsOnly(1);
        assertThat(other.problem().code()).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
        assertThat(log).hasSize(1);
    }

    @Test
    void aRetriedDeletionFindsTheReplyOfThen() {
        commit(create("a"));
        var id = (Credential) image.find(log.getFirst().subject().stateKey()).orElseThrow();
        Submission delete =
                submission(now -> new DeleteCredential(id.id()), Optional.of(use("d", "", 1)));

        assertThat(commit(delete).getFirst()).isInstanceOf(Answer.Done.class);
        var again = (Answer.Repeated) commit(delete).getFirst();

        assertThat(again.reply()).isEqualTo("{\"facts\":1}");
        assertThat(log).hasSize(2);
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        commit(create("a", "k", "body"));
        var tomorrow = NOON.plus(Idempotency.KEPT).plusSeconds(1);
        var batch = batch();
        var answer = (Answer.Done) batch.add(create("a", "k", "other"), tomorrow);
        assertThat(answer.facts()).hasSize(1);
        batch = batch();
        batch.add(create("a", "k", "body", 2), tomorrow);
        var later = batch.prepare(URL, tomorrow).image().idempotency("k").orElseThrow();
        assertThat(later.nonce()).containsOnly(2);
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

    @Test
    void stepsThatHappenTogetherSeeEachOther() {
        var answer =
                (Answer.DoneTogether) commit(together(false, Optional.empty(), make("a"), undo()));
        assertThat(answer.parts()).hasSize(2);
        assertThat(log)
                .extracting(ControlEvent::action)
                .containsExactly("credential.created", "credential.deleted");
        assertThat(log).extracting(ControlEvent::requestId).containsOnly("req");
    }

    @Test
    void oneStepThatIsRefusedLeavesNothingOfTheOthers() {
        var before = commit(create("a")).size();
        var batch = batch();
        var refused =
                (Answer.Refused)
                        batch.add(together(false, Optional.empty(), make("b"), make(null)), NOON);
        assertThat(refused.problem().code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused.problem().param()).hasValue("commands[1]");
        assertThat(batch.isEmpty()).isTrue();
        assertThat(before).isEqualTo(1);

        batch.add(create("c"), NOON);
        var chain = FactChain.of(log.getLast());
        for (var fact : batch.prepare(URL, NOON).events()) {
            assertThat(chain.continuedBy(fact)).isTrue();
            chain = FactChain.of(fact);
        }
    }

    @Test
    void aDryRunOfStepsDecidesAllAndLeavesNothing() {
        var batch = batch();
        var use = Optional.of(use("k", "a", 1));
        var answer = (Answer.DoneTogether) batch.add(together(true, use, make("a"), undo()), NOON);
        assertThat(answer.parts()).allMatch(done -> done.facts().size() == 1);
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void stepsAreNotRepeatedUnderTheSameKey() {
        var use = Optional.of(use("k", "a", 1));
        commit(together(false, use, make("a")));
        var again = (Answer.RepeatedTogether) commit(together(false, use, make("a")));
        assertThat(again.kept()).isEqualTo("1 done");
        assertThat(again.nonce()).isEqualTo(use.orElseThrow().nonce());
        var other = Optional.of(use("k", "b", 1));
        var conflict = (Answer.Refused) commit(together(false, other, make("a")));
        assertThat(conflict.problem().code()).isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT);
        assertThat(log).hasSize(1);
    }

    @Test
    void resultsOfTheOldestOrOfTooMuchAreForgottenButNotThatItHappened() {
        var uses = new ArrayList<Optional<Idempotency>>();
        for (int i = 0; i <= Idempotency.RESULTS_MAX; i++) {
            uses.add(Optional.of(use("k" + i, "a", 1)));
            commit(together(false, uses.getLast(), make("a" + i)));
        }
        var first = (Answer.RepeatedTogether) commit(together(false, uses.getFirst(), make("a0")));
        assertThat(first.kept()).isNull();
        var second = (Answer.RepeatedTogether) commit(together(false, uses.get(1), make("a1")));
        assertThat(second.kept()).isEqualTo("1 done");

        var much = Optional.of(use("much", "a", 1));
        var results = "x".repeat(Idempotency.RESULT_CHARACTERS_MAX + 1);
        for (int i = 0; i < 2; i++) {
            var answer =
                    commit(
                            new Together(
                                    List.of(make("much")),
                                    Optional.empty(),
                                    new Actor("management_key", "tpm_x", "n", Role.OWNER),
                                    "req",
                                    much,
                                    done -> Optional.of(results),
                                    false));
            assertThat(answer instanceof Answer.RepeatedTogether).isEqualTo(i == 1);
            assertThat(answer instanceof Answer.RepeatedTogether(var kept, _, _, _) && kept != null)
                    .isFalse();
        }
        assertThat(log).hasSize(Idempotency.RESULTS_MAX + 2);
    }

    private static Together together(
            boolean dryRun, Optional<Idempotency> use, Together.Step... steps) {
        var actor = new Actor("management_key", "tpm_x", "n", Role.OWNER);
        return new Together(
                List.of(steps),
                Optional.empty(),
                actor,
                "req",
                use,
                done -> Optional.of(done.size() + " done"),
                dryRun);
    }

    /** Makes a credential; without a name it deletes one that never was. */
    private Together.Step make(@Nullable String name) {
        return step(before ->
                name == null
                        ? new DeleteCredential(CredentialId.ofUlid(ids.next()))
                        : credential(name));
    }

    /** Deletes what the first step made. */
    private static Together.Step undo() {
        return step(before -> {
            var made = (Credential) Objects.requireNonNull(before.getFirst().subject());
            return new DeleteCredential(made.id());
        });
    }

    private static Together.Step step(Function<List<Answer.Done>, Command> command) {
        return new Together.Step() {
            @Override
            public Command command(Image image, List<Answer.Done> before) {
                return command.apply(before);
            }

            @Override
            public OptionalLong expectedVersion() {
                return OptionalLong.empty();
            }
        };
    }

    private Answer commit(Together together) {
        var batch = batch();
        var answer = batch.add(together, NOON);
        var prepared = batch.prepare(URL, NOON);
        log.addAll(prepared.events());
        image = prepared.image();
        return answer;
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
        return create(name, key, body, 1);
    }

    private Submission create(String name, String key, String body, int nonce) {
        return submission(now -> credential(name), Optional.of(use(key, body, nonce)));
    }

    private static Idempotency use(String key, String body, int nonce) {
        return new Idempotency(
                key,
                body.getBytes(StandardCharsets.UTF_8),
                new byte[] {(byte) nonce},
                done -> "{\"facts\":" + done.facts().size() + "}");
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
