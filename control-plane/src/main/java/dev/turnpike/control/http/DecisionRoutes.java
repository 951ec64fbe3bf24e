package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.ledger.DecisionLog;
import dev.turnpike.control.ledger.DecisionLog.Answer;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LimitBreach;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /decisions/{decision_id}}: why a request was refused. */
final class DecisionRoutes {
    private static final String GROUP = "group_id";

    private final DecisionLog log;

    DecisionRoutes(DecisionLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/decisions/{decision_id}", Operation.READ_DECISIONS, this::read, GROUP));
    }

    private Reply read(Reading reading) {
        var id = DecisionId.parse(reading.path().apply("decision_id")).orElseThrow(Reading::absent);
        return switch (log.find(id, partitions(reading))) {
            case Answer.Found(var refused, var position) -> explained(reading, refused, position);
            case Answer.Absent() -> throw Reading.absent();
            case Answer.Unfinished() ->
                    throw Problem.of(
                                    ErrorCode.UNAVAILABLE,
                                    "The log of that time is too long to be searched; name a"
                                            + " group of the tree as group_id")
                            .asException();
        };
    }

    /** One tree is in one partition. */
    private static Set<Integer> partitions(Reading reading) {
        return Optional.ofNullable(reading.authority().subtree())
                .map(GroupId::value)
                .or(() -> reading.given(GROUP))
                .map(id ->
                        reading.image()
                                .group(id)
                                .map(group -> group.rootGroupId().value())
                                .orElse(id))
                .map(root -> Set.of(Topics.partition(Topics.REQUESTS, root)))
                .orElse(LedgerLog.ALL_PARTITIONS);
    }

    private static Reply explained(Reading reading, Refused refused, String position) {
        var call = refused.call();
        var caller = call.caller();
        if (!EventRoutes.inReach(reading.authority(), reading.image(), caller)) {
            throw Reading.absent();
        }
        var decision = refused.decision();
        var json = Json.object();
        json.put("id", decision.id().value());
        json.put("at", call.admittedAt().toString());
        json.put("status", decision.status());
        json.put("code", decision.code());
        json.put("retry_after_ms", decision.retryAfterMs());
        json.put("request_id", call.requestId().value());
        var client = call.client();
        if (client != null) {
            json.put("client_request_id", client.requestId());
            json.put("client_retries", client.retries());
        }
        json.put("model_slug", call.modelSlug());
        json.putObject("caller")
                .put(GROUP, caller.groupId().value())
                .put("external_entity_id", caller.externalEntityId())
                .put("api_key_prefix", caller.apiKeyPrefix().value());
        var breach = decision.limit();
        json.set("limit", breach == null ? null : limit(reading, breach));
        json.put("position", position);
        return Reply.of(json);
    }

    private static ObjectNode limit(Reading reading, LimitBreach breach) {
        var limit = breach.limit();
        var source = limit.sourceGroup();
        var json = Json.object();
        json.put(GROUP, source.value());
        // Nothing but the id of a group that is gone, or above what the asker may see.
        json.put(
                "external_entity_id",
                reading.authority()
                        .group(reading.image(), source.value())
                        .map(Group::externalEntityId)
                        .orElse(null));
        json.put("metered_group_id", limit.meteredGroup().value());
        json.put("slug", breach.slug());
        json.put("type", limit.type().name());
        json.put("unit", limit.unit().name());
        UsageRoutes.put(json, "threshold", limit.type(), limit.threshold());
        UsageRoutes.put(json, "used", limit.type(), breach.used());
        UsageRoutes.put(json, "reserved", limit.type(), breach.reserved());
        UsageRoutes.put(json, "needed", limit.type(), breach.needed());
        json.put("window_start", breach.windowStart().toString());
        json.put("window_end", breach.windowEnd().toString());
        return json;
    }
}
