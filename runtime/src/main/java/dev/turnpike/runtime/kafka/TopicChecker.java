package dev.turnpike.runtime.kafka;

import static java.util.Objects.requireNonNull;

import dev.turnpike.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics that are missing and refuses those that could lose or misplace data. */
public final class TopicChecker {
    /** How long one answer of the cluster may take. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration VISIBLE_PAUSE = Duration.ofMillis(100);
    private static final int VISIBLE_TRIES_MAX = 300;

    private final Admin admin;

    public TopicChecker(Admin admin) {
        this.admin = admin;
    }

    /** Topics that are not what the table says. The message names every one. */
    public static final class TopicMismatchException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TopicMismatchException(List<String> mismatches) {
            super("topics differ from what is safe:\n  " + String.join("\n  ", mismatches));
        }
    }

    /**
     * Creates what is missing, then checks partitions, cleanup policy and retention of all.
     *
     * @throws TopicMismatchException naming every difference that could lose data
     * @throws KafkaException if the cluster cannot be asked
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void ensure(List<Topic> topics) throws InterruptedException {
        createMissing(topics);
        var mismatches = new ArrayList<String>();
        var described = described(topics.stream().map(Topic::name).toList());
        for (var topic : topics) {
            int partitions =
                    requireNonNull(described.topics().get(topic.name())).partitions().size();
            var config = requireNonNull(described.configs().get(resource(topic.name())));
            mismatches.addAll(mismatches(topic, partitions, config));
        }
        if (!mismatches.isEmpty()) {
            throw new TopicMismatchException(mismatches);
        }
    }

    private record Described(
            Map<String, TopicDescription> topics, Map<ConfigResource, Config> configs) {}

    /** A topic that was just created may be unknown to the broker that is asked, for a moment. */
    private Described described(List<String> names) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return new Described(
                        get(admin.describeTopics(names).allTopicNames()),
                        get(admin.describeConfigs(resources(names)).all()));
            } catch (UnknownTopicOrPartitionException e) {
                if (tries == VISIBLE_TRIES_MAX) {
                    throw e;
                }
                TimeUnit.NANOSECONDS.sleep(VISIBLE_PAUSE.toNanos());
            }
        }
    }

    private void createMissing(List<Topic> topics) throws InterruptedException {
        var existing = get(admin.listTopics().names());
        var missing = new ArrayList<NewTopic>();
        for (var topic : topics) {
            if (!existing.contains(topic.name())) {
                missing.add(
                        new NewTopic(
                                        topic.name(),
                                        Optional.of(topic.partitions()),
                                        Optional.empty())
                                .configs(configOf(topic)));
            }
        }
        for (var creation : admin.createTopics(missing).values().values()) {
            try {
                get(creation);
            } catch (TopicExistsException e) {
                // Another process was first; the check that follows decides.
            }
        }
    }

    /** The topic's configuration where it matters; the rest is the cluster's. */
    static Map<String, String> configOf(Topic topic) {
        long retention = topic.retention().map(Duration::toMillis).orElse(-1L);
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                topic.cleanup().policy(),
                TopicConfig.RETENTION_MS_CONFIG,
                String.valueOf(retention),
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(KafkaClients.RECORD_BYTES_MAX + 4_096));
    }

    private static List<String> mismatches(Topic topic, int partitions, Config config) {
        var found = new ArrayList<String>();
        if (partitions != topic.partitions()) {
            found.add(
                    topic.name()
                            + ": has "
                            + partitions
                            + " partitions, must have "
                            + topic.partitions());
        }
        var policy = value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (!words(policy).equals(words(topic.cleanup().policy()))) {
            found.add(
                    topic.name()
                            + ": cleanup.policy is "
                            + policy
                            + ", must be "
                            + topic.cleanup().policy());
        }
        long least = topic.retention().map(Duration::toMillis).orElse(Long.MAX_VALUE);
        long kept = Long.parseLong(value(config, TopicConfig.RETENTION_MS_CONFIG));
        boolean deletes = words(policy).contains("delete");
        if (deletes && kept != -1 && kept < least) {
            found.add(topic.name() + ": retention.ms is " + kept + ", too short");
        }
        long bytes = Long.parseLong(value(config, TopicConfig.RETENTION_BYTES_CONFIG));
        if (deletes && bytes != -1) {
            found.add(topic.name() + ": retention.bytes is " + bytes + ", must be -1");
        }
        return found;
    }

    private static HashSet<String> words(String policy) {
        return new HashSet<>(Arrays.asList(policy.replace(" ", "").split(",", -1)));
    }

    private static String value(Config config, String name) {
        var entry = config.get(name);
        if (entry == null || entry.value() == null) {
            throw new KafkaException("the cluster does not tell " + name);
        }
        return entry.value();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static List<ConfigResource> resources(List<String> names) {
        return names.stream().map(TopicChecker::resource).toList();
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer in time", e);
        }
    }
}
