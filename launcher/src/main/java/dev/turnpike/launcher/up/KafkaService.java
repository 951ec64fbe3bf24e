package dev.turnpike.launcher.up;

import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.kafka.TopicChecker.TopicMismatchException;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.schemas.topic.Topics;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/**
 * The ground all services stand on: it checks the topics before they start and stops the embedded
 * broker, if there is one, after they have stopped.
 */
final class KafkaService implements Service {
    private final KafkaClients clients;
    private final Optional<EmbeddedBroker> broker;

    /**
     * @param broker running already, closed by this service
     */
    KafkaService(KafkaClients clients, Optional<EmbeddedBroker> broker) {
        this.clients = clients;
        this.broker = broker;
    }

    @Override
    public String name() {
        return "kafka";
    }

    /**
     * @throws StartException if Kafka does not answer or its topics are not safe to use
     */
    @Override
    public void start(FailureSink onFailure) {
        try (var admin = clients.admin("topic-checker")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        } catch (TopicMismatchException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (KafkaException e) {
            throw new StartException(
                    "Kafka at %s cannot be used: %s"
                            .formatted(clients.settings().bootstrapServers(), e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while starting", e);
        }
    }

    @Override
    public void close() {
        broker.ifPresent(EmbeddedBroker::close);
    }
}
