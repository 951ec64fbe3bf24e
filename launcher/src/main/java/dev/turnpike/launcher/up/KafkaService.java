package dev.turnpike.launcher.up;

import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.kafka.TopicChecker.TopicMismatchException;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.registry.RegistryClient;
import dev.turnpike.runtime.registry.RegistryUnavailableException;
import dev.turnpike.schemas.topic.Topics;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/**
 * The ground all services stand on: it checks the topics and registers the schemas before they
 * start, and stops the embedded broker, if there is one, after they have stopped.
 */
final class KafkaService implements Service {
    private final KafkaClients clients;
    private final Optional<RegistryClient> registry;
    private final Optional<EmbeddedBroker> broker;

    /**
     * @param registry the external schema registry, if there is one
     * @param broker running already, closed by this service
     */
    KafkaService(
            KafkaClients clients,
            Optional<RegistryClient> registry,
            Optional<EmbeddedBroker> broker) {
        this.clients = clients;
        this.registry = registry;
        this.broker = broker;
    }

    @Override
    public String name() {
        return "kafka";
    }

    /**
     * @throws StartException if Kafka or the schema registry does not answer, or the topics are not
     *     safe to use
     */
    @Override
    public void start(FailureSink onFailure) {
        try (var admin = clients.admin("topic-checker")) {
            new TopicChecker(admin).ensure(Topics.ALL);
            registry.ifPresent(RegistryClient::registerAll);
        } catch (RegistryUnavailableException e) {
            throw new StartException("The schema registry cannot be used: " + e.getMessage(), e);
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
