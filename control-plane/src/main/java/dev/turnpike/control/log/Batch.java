package dev.turnpike.control.log;

import dev.turnpike.control.domain.Ask;
import dev.turnpike.control.domain.Authority;
import dev.turnpike.control.domain.Decider;
import dev.turnpike.control.domain.Decision;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Evolver;
import dev.turnpike.control.domain.FactDraft;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.IdempotencyRecord;
import dev.turnpike.schemas.control.LogHead;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.EventId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one transaction, each decided on what those before it made true. Nothing leaves
 * it before it is committed, so it can be dropped at any time. Not thread-safe.
 */
final class Batch {
    /** Expired idempotency records removed in one transaction. */
    static final int PURGED_MAX = 200;

    private static final long NOT_COMMITTED = -1;
    private static final Problem TOO_MUCH_TOGETHER =
            Problem.of(
                    ErrorCode.CONFLICT,
                    "Too much would change at once; ask for it in several changes");
    private static final Problem REVOKED =
            Problem.of(ErrorCode.INVALID_API_KEY, "The management key has just ended");

    private final Decider decider;
    private final Supplier<String> ulids;
    private final Map<String, Long> touched = new LinkedHashMap<>();
    private final List<ControlEvent> events = new ArrayList<>();
    private Image image;
    private FactChain chain;
    private Instant last;

    /**
     * @param ulids makes the ids of facts
     */
    Batch(Image image, Decider decider, Supplier<String> ulids) {
        this.image = image;
        this.decider = decider;
        this.ulids = ulids;
        this.chain = image.head().map(FactChain::of).orElse(FactChain.START);
        this.last = image.head().map(LogHead::createdAt).orElse(Instant.EPOCH);
    }

    /** A batch that goes on where {@code outer} stands, and is dropped or absorbed by it. */
    private Batch(Batch outer) {
        this.image = outer.image;
        this.decider = outer.decider;
        this.ulids = outer.ulids;
        this.chain = outer.chain;
        this.last = outer.last;
    }

    /**
     * A change to be written.
     *
     * @param state by state key, the head last; empty removes the record
     * @param at when it was closed
     */
    record Prepared(
            List<ControlEvent> events,
            Map<String, Optional<ControlState>> state,
            Image image,
            Instant at) {}

    /** Decides one submission; the answer holds once the batch is committed. */
    Answer add(Submission submission, Instant now) {
        var at = later(now);
        var authority = authority(submission, at);
        if (authority.isEmpty()) {
            return new Answer.Refused(REVOKED);
        }
        var repeated = submission.idempotency().flatMap(use -> repeated(use, at));
        if (repeated.isPresent()) {
            return repeated.get();
        }
        try {
            var command = submission.command().apply(image);
            var ask = new Ask(command, at, submission.expectedVersion(), authority.get());
            return switch (decider.decide(ask, image)) {
                case Decision.Rejected(_, var problem) -> new Answer.Refused(problem);
                case Accepted accepted -> accept(submission, accepted, at);
            };
        } catch (ProblemException e) {
            return new Answer.Refused(e.problem());
        }
    }

    /** Decides changes that happen together or not at all; the answer holds once committed. */
    Answer add(Together together, Instant now) {
        var at = later(now);
        var repeated = together.idempotency().flatMap(use -> repeated(use, at));
        if (repeated.isPresent()) {
            return repeated.get() instanceof Answer.Repeated again
                    ? new Answer.RepeatedTogether(again.reply(), again.nonce(), at, NOT_COMMITTED)
                    : repeated.get();
        }
        var inner = new Batch(this);
        var done = new ArrayList<Answer.Done>();
        var before = Collections.unmodifiableList(done);
        for (int i = 0; i < together.steps().size(); i++) {
            var step = together.submission(together.steps().get(i), before);
            switch (inner.add(step, now)) {
                case Answer.Done one -> done.add(one);
                case Answer.Refused(var problem) -> {
                    return new Answer.Refused(named(problem, i));
                }
                case Answer.NotOwner _,
                        Answer.DoneTogether _,
                        Answer.Repeated _,
                        Answer.RepeatedTogether _ ->
                        throw new IllegalStateException("a step is one change");
            }
            if (inner.events.size() > Together.FACTS_MAX) {
                return new Answer.Refused(TOO_MUCH_TOGETHER);
            }
        }
        if (!together.dryRun()) {
            absorb(inner);
            together.idempotency().ifPresent(use -> remember(use, together.kept().apply(done)));
        }
        return new Answer.DoneTogether(done, NOT_COMMITTED);
    }

    private static Problem named(Problem problem, int step) {
        var at = "commands[" + step + "]";
        return problem.withParam(problem.param().map(param -> at + ".body." + param).orElse(at));
    }

    private void absorb(Batch inner) {
        image = inner.image;
        chain = inner.chain;
        last = inner.last;
        events.addAll(inner.events);
        inner.touched.forEach((key, sequence) -> {
            touched.remove(key);
            touched.put(key, sequence);
        });
    }

    /** What the asker may do now; empty when the key was revoked or expired on the way here. */
    private Optional<Authority> authority(Submission submission, Instant at) {
        var prefix = submission.askedBy();
        if (prefix.isEmpty()) {
            return Optional.of(Authority.SYSTEM);
        }
        return image.managementKey(prefix.get().value())
                .map(Authority::of)
                .filter(found -> found.endsAt() == null || found.endsAt().isAfter(at));
    }

    /** How many facts there are to write. */
    int facts() {
        return events.size();
    }

    /** Whether there is anything to write. */
    boolean isEmpty() {
        return touched.isEmpty();
    }

    /** The batch as it goes to the log, with the new head. */
    Prepared prepare(String ownerUrl, Instant now) {
        purge(now);
        last = later(now);
        var head = new LogHead(chain.sequence(), chain.hash(), ownerUrl, last);
        put(head);
        var state = new LinkedHashMap<String, Optional<ControlState>>();
        touched.forEach((key, sequence) ->
                state.put(
                        key,
                        image.find(key).map(resource -> new ControlState(sequence, resource))));
        return new Prepared(List.copyOf(events), state, image, last);
    }

    private Answer accept(Submission submission, Accepted accepted, Instant at) {
        var done = new Answer.Done(accepted.subject(), accepted.facts(), at, NOT_COMMITTED);
        if (submission.dryRun()) {
            return done;
        }
        last = at;
        for (var fact : accepted.facts()) {
            append(fact, submission, at);
        }
        submission.idempotency().ifPresent(use -> remember(use, done));
        return done;
    }

    private void append(FactDraft fact, Submission submission, Instant at) {
        var id = EventId.ofUlid(ulids.get());
        var event = chain.next(fact, id, at, submission.actor(), submission.requestId());
        chain = FactChain.of(event);
        events.add(event);
        var evolved = Evolver.evolve(image, event);
        image = evolved.image();
        evolved.touched().forEach(this::touch);
    }

    private Optional<Answer> repeated(Idempotency use, Instant at) {
        return image.idempotency(use.key())
                .filter(record -> record.expiresAt().isAfter(at))
                .map(record -> repeat(record, use, at));
    }

    private Answer repeat(IdempotencyRecord record, Idempotency use, Instant at) {
        if (!Arrays.equals(record.bodyHash(), use.bodyHash())) {
            return new Answer.Refused(
                    Problem.of(
                            ErrorCode.IDEMPOTENCY_CONFLICT,
                            "This Idempotency-Key was used with another body"));
        }
        var nonce = record.nonce();
        if (record.reply() != null) {
            return new Answer.Repeated(null, record.reply(), nonce, at, NOT_COMMITTED);
        }
        return image.find(record.resourceStateKey())
                .<Answer>map(now -> new Answer.Repeated(now, null, nonce, at, NOT_COMMITTED))
                .orElse(
                        new Answer.Refused(
                                Problem.of(
                                        ErrorCode.IDEMPOTENCY_CONFLICT,
                                        "What this Idempotency-Key created is deleted")));
    }

    private void remember(Idempotency use, Answer.Done done) {
        var subject = done.subject();
        boolean found = subject != null && image.find(subject.stateKey()).isPresent();
        remember(
                use,
                subject == null ? "" : subject.stateKey(),
                done.at(),
                found ? null : use.kept().apply(done));
    }

    /** A change of many is about no resource, so the record names itself. */
    private void remember(Idempotency use, Optional<String> results) {
        var small = results.filter(it -> it.length() <= Idempotency.RESULT_CHARACTERS_MAX);
        var self = ResourceKind.IDEMPOTENCY.stateKey(use.key());
        remember(use, self, last, small.orElse(null));
        var listing = Listing.keptResults();
        if (image.count(listing) > Idempotency.RESULTS_MAX) {
            image.list(listing, null)
                    .findFirst()
                    .ifPresent(oldest -> put(((IdempotencyRecord) oldest).withoutReply()));
        }
    }

    private void remember(Idempotency use, String stateKey, Instant at, @Nullable String reply) {
        put(
                new IdempotencyRecord(
                        use.key(),
                        use.bodyHash(),
                        stateKey,
                        at,
                        at.plus(Idempotency.KEPT),
                        use.nonce(),
                        reply));
    }

    private void purge(Instant now) {
        var listing = Listing.all(ResourceKind.IDEMPOTENCY);
        int tooMany = image.count(listing) - Idempotency.RECORDS_MAX;
        var oldest = image.list(listing, null).limit(PURGED_MAX).toList();
        for (int i = 0; i < oldest.size(); i++) {
            var record = (IdempotencyRecord) oldest.get(i);
            if (i >= tooMany && record.expiresAt().isAfter(now)) {
                return;
            }
            image = image.without(record.stateKey());
            touch(record.stateKey());
        }
    }

    private void put(Resource resource) {
        image = image.with(resource);
        touch(resource.stateKey());
    }

    private void touch(String stateKey) {
        touched.remove(stateKey); // The head comes last, whatever came before.
        touched.put(stateKey, chain.sequence());
    }

    /** Times of one log strictly increase, whatever the clock does; lists are ordered by them. */
    private Instant later(Instant now) {
        var micros = now.truncatedTo(ChronoUnit.MICROS);
        return micros.isAfter(last) ? micros : last.plus(1, ChronoUnit.MICROS);
    }
}
