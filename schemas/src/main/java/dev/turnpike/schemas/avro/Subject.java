package dev.turnpike.schemas.avro;

import dev.turnpike.schemas.control.ControlEvent;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.topic.Topic;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.schemas.webhook.DeliveryAttempt;

/** The values that topics hold; named by Confluent's default strategy, {@code <topic>-value}. */
public enum Subject {
    CONTROL_EVENTS(Topics.CONTROL_EVENTS, ControlEvent.class),
    CONTROL_STATE(Topics.CONTROL_STATE, ControlState.class),
    REQUESTS(Topics.REQUESTS, RequestRecord.class),
    LEDGER(Topics.LEDGER, LedgerEntry.class),
    USAGE_TOTALS(Topics.USAGE_TOTALS, UsageTotal.class),
    KEYS_USED(Topics.KEYS_USED, KeyUse.class),
    WEBHOOK_ATTEMPTS(Topics.WEBHOOK_ATTEMPTS, DeliveryAttempt.class),
    WEBHOOK_REPLAYS(Topics.WEBHOOK_REPLAYS, WebhookReplay.class),
    DEAD_LETTERS(Topics.DEAD_LETTERS, DeadLetter.class);

    private final Topic topic;
    private final Class<? extends Record> type;

    Subject(Topic topic, Class<? extends Record> type) {
        this.topic = topic;
        this.type = type;
    }

    /** The topic whose values these are. */
    public Topic topic() {
        return topic;
    }

    /** The Java record that is bound to the schema. */
    public Class<? extends Record> type() {
        return type;
    }

    /** The subject's name at a schema registry. */
    public String subjectName() {
        return topic.name() + "-value";
    }
}
