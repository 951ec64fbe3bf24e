package dev.turnpike.runtime.control;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.CredentialId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What exists, as of a recent moment: a local copy of {@code turnpike.control.state} in RocksDB,
 * kept by a Kafka Streams global store. Kinds with few records are in memory; keys, groups and
 * credentials are decoded on demand into a bounded cache, from the copy or from what of it is kept
 * {@linkplain #keepResident in memory}.
 *
 * <p>Any thread reads, without waiting for the writer; the thread that follows the log writes. With
 * Kafka away the view answers from what it has. Before the first load every read fails as {@code
 * unavailable}.
 */
public final class ControlView {
    /** Name of the store in every topology that follows the control state. */
    public static final String STORE = "control-state";

    /** Optimistic reads before a reader makes the writer wait. */
    static final int OPTIMISTIC_READS_MAX = 3;

    /** The kinds that are decoded when somebody asks for one. */
    private static final Set<ResourceKind> ON_DEMAND =
            Set.of(
                    ResourceKind.GROUP,
                    ResourceKind.API_KEY,
                    ResourceKind.CREDENTIAL,
                    ResourceKind.MANAGEMENT_KEY);

    /** Position of a copy that has none, or may be anywhere. */
    private static final long UNKNOWN = -1;

    /** Key of the offset of the last record taken in; no resource has an empty kind. */
    private static final String POSITION_KEY = "/position";

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlView.class);

    private final RecordCodec<ControlState> codec;
    private final int decodedMax;
    private volatile Cache<String, Resource> decoded;
    private final SecondUse keysAsked;

    /** Apart from the keys: these are fewer, and each is asked for with every key that it has. */
    private final SecondUse othersAsked;

    private final ControlIndex index = new ControlIndex();
    private final List<ControlListener> listeners = new CopyOnWriteArrayList<>();
    private final StampedLock lock = new StampedLock();
    private final Progress progress = new Progress();
    private final ControlRestore restore = new ControlRestore(this);
    private final DeletedGroups deleted = new DeletedGroups();
    private final GroupPaths paths;
    private volatile boolean remembersDeleted;
    private volatile long residentMax;
    private volatile @Nullable ResidentRecords resident;

    /** Position of the copy that {@link #resident} is of. The thread that follows the log. */
    private long residentAt = UNKNOWN;

    private volatile @Nullable KeyValueStore<String, byte[]> store;
    private volatile Consumer<Throwable> onCorrupt = cause -> {};

    /**
     * @param decodedMax keys, groups and credentials kept decoded
     */
    public ControlView(SchemaIds ids, int decodedMax) {
        this.codec = RecordCodec.of(Subject.CONTROL_STATE, ControlState.class, ids);
        this.decodedMax = decodedMax;
        this.decoded = decodedCache();
        this.keysAsked = new SecondUse(decodedMax);
        this.othersAsked = new SecondUse(decodedMax);
        this.paths = new GroupPaths(this::group, decodedMax);
    }

    private Cache<String, Resource> decodedCache() {
        // What the cache does now and then is less than waking somebody up for it.
        return Caffeine.newBuilder().maximumSize(decodedMax).executor(Runnable::run).build();
    }

    /** Adds the global store to a topology of the DSL. */
    public void addTo(StreamsBuilder builder) {
        builder.addGlobalStore(
                storeBuilder(),
                Topics.CONTROL_STATE.name(),
                Consumed.with(Serdes.String(), Serdes.ByteArray()),
                this::follower);
    }

    /** Adds the global store to a topology of processors. */
    public void addTo(Topology topology) {
        topology.addGlobalStore(
                storeBuilder(),
                "control-state-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                Topics.CONTROL_STATE.name(),
                "control-state-follower",
                this::follower);
    }

    /**
     * Hears how Streams restores the local copy. An application that is given it takes the copy in
     * by whole polls; one that is not takes several times as long.
     */
    public StateRestoreListener restoring() {
        return restore;
    }

    private ControlFollower follower() {
        return new ControlFollower(this, restore);
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> storeBuilder() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled();
    }

    /** The inference key with this prefix. */
    public Optional<ApiKey> apiKey(String prefix) {
        return stored(ResourceKind.API_KEY, prefix, ApiKey.class);
    }

    /** Whether there is an inference key with this prefix, though it may not be readable here. */
    public boolean hasApiKey(String prefix) {
        return bytes(loadedStore(), ResourceKind.API_KEY.stateKey(prefix)) != null;
    }

    /** The management key with this prefix. */
    public Optional<ManagementKey> managementKey(String prefix) {
        return stored(ResourceKind.MANAGEMENT_KEY, prefix, ManagementKey.class);
    }

    public Optional<Group> group(GroupId id) {
        return stored(ResourceKind.GROUP, id.value(), Group.class);
    }

    /**
     * The groups between the root of its tree and {@code group}, from the top; empty when there are
     * none. To be asked in the same {@link #consistently consistent} reads as the group.
     */
    public List<GroupId> groupsBetween(Group group) {
        return paths.between(group);
    }

    /**
     * The parent that a group has, or had when it was deleted; empty for a root, and for a group
     * that is not known or was deleted too long ago. For views that {@link #rememberDeletedGroups}.
     */
    public Optional<GroupId> lastParentOf(GroupId id) {
        return group(id).map(Group::parentGroupId).or(() -> deleted.parentOf(id));
    }

    /** From now on remembers under what the groups stood that are deleted last. */
    public void rememberDeletedGroups() {
        remembersDeleted = true;
    }

    /**
     * From now on keeps the records that are decoded on demand in memory outside the heap, as they
     * come by the log or by {@link #warm}. To be called before the first load.
     *
     * @param bytesMax of records at most; up to 96 MiB of memory may be taken besides
     */
    public void keepResident(long bytesMax) {
        residentMax = bytesMax;
        resident = new ResidentRecords(bytesMax);
    }

    /** Memory outside the heap that these records take, in bytes. */
    public long residentBytes() {
        var kept = resident;
        return kept == null ? 0 : kept.bytes();
    }

    public Optional<Credential> credential(CredentialId id) {
        return stored(ResourceKind.CREDENTIAL, id.value(), Credential.class);
    }

    /** The endpoint published under this slug. */
    public Optional<Endpoint> endpoint(String slug) {
        loadedStore();
        return index.endpoint(slug);
    }

    public List<Endpoint> endpoints() {
        loadedStore();
        return index.endpoints();
    }

    public Optional<Webhook> webhook(WebhookId id) {
        loadedStore();
        return index.webhook(id.value());
    }

    public List<Webhook> webhooks() {
        loadedStore();
        return index.webhooks();
    }

    /** Whether any host name is a domain. */
    public boolean hasDomains() {
        loadedStore();
        return index.hasDomains();
    }

    /** The domain of a host name in lower case. */
    public Optional<Domain> domain(String host) {
        loadedStore();
        return index.domain(host);
    }

    public List<Price> prices() {
        loadedStore();
        return index.prices();
    }

    /** Counts the changes of prices; a reader that has made something of them sees it grow. */
    public long pricesEdition() {
        return index.pricesEdition();
    }

    /**
     * Runs several reads so that they see one point of the log. The reads may run more than once,
     * so they must have no effect.
     */
    public <T> T consistently(Supplier<T> reads) {
        for (int attempt = 0; attempt < OPTIMISTIC_READS_MAX; attempt++) {
            long stamp = lock.tryOptimisticRead();
            if (stamp != 0) {
                var result = reads.get();
                if (lock.validate(stamp)) {
                    return result;
                }
            }
        }
        long stamp = lock.readLock();
        try {
            return reads.get();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Whether the view has been loaded, so that reads answer. */
    public boolean loaded() {
        return store != null;
    }

    /** Offset of the last record of {@code turnpike.control.state} taken in; -1 before any. */
    public long position() {
        return progress.position();
    }

    /** Sequence of the last control fact whose transaction has been taken in; 0 before any. */
    public long sequence() {
        return progress.sequence();
    }

    /**
     * Waits until the record at {@code offset} of the control state is visible.
     *
     * @return whether it is, false when {@code timeout} has passed
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public boolean awaitPosition(long offset, Duration timeout) throws InterruptedException {
        return progress.await(() -> progress.position() >= offset, timeout);
    }

    /** As {@link #awaitPosition}, by the sequence of the control fact. */
    public boolean awaitSequence(long sequence, Duration timeout) throws InterruptedException {
        return progress.await(() -> progress.sequence() >= sequence, timeout);
    }

    /**
     * Called when a read finds the local copy corrupt; {@code StreamsApp.foundCorrupt} is meant.
     * The read itself fails as {@code unavailable}.
     */
    public void whenCorrupt(Consumer<Throwable> reaction) {
        onCorrupt = reaction;
    }

    /** Hears of every later change. */
    public void listen(ControlListener listener) {
        listeners.add(listener);
    }

    /** Rebuilds what is in memory from the local copy; the first thing a follower does. */
    void load(KeyValueStore<String, byte[]> opened) {
        long position = positionOf(opened);
        long stamp = lock.writeLock();
        try {
            index.clear();
            for (var kind : ControlIndex.KINDS) {
                loadKind(opened, kind);
            }
            store = opened; // Before what is made anew below, which is filled from it alone.
            residentOf(position);
            decoded = decodedCache(); // Who is still reading the copy before fills the one before.
        } finally {
            lock.unlockWrite(stamp);
        }
        progress.reached(position, index.sequence());
    }

    private static long positionOf(KeyValueStore<String, byte[]> opened) {
        var position = opened.get(POSITION_KEY);
        return position == null ? UNKNOWN : longOf(position);
    }

    /** Streams opens the copy more than once; only one that was wiped is at another position. */
    private void residentOf(long position) {
        if (resident != null && (position == UNKNOWN || position != residentAt)) {
            resident = new ResidentRecords(residentMax);
            residentAt = position;
        }
    }

    private void loadKind(KeyValueStore<String, byte[]> opened, ResourceKind kind) {
        var from = kind.stateKey("");
        var to = kind.stateKey("\uffff");
        try (var records = opened.range(from, to)) {
            while (records.hasNext()) {
                var record = records.next();
                var id = record.key.substring(from.length());
                decode(record.key, record.value)
                        .ifPresent(resource -> index.apply(kind, id, resource));
            }
        }
    }

    /**
     * Takes in records of the log in their order, all in one write: a crash leaves all or none.
     *
     * @param records at least one
     */
    void apply(KeyValueStore<String, byte[]> opened, List<ControlRecord> records) {
        long position = records.getLast().offset();
        if (remembersDeleted) {
            rememberDeleted(opened, records);
        }
        var changes = new ArrayList<KeyValue<String, byte[]>>(records.size() + 1);
        records.forEach(record -> changes.add(KeyValue.pair(record.key(), record.value())));
        changes.add(KeyValue.pair(POSITION_KEY, bytesOf(position)));
        long stamp = lock.writeLock();
        try {
            residentAt = UNKNOWN; // Until it is where the copy is.
            opened.putAll(changes);
            records.forEach(this::changed);
            residentAt = position;
        } finally {
            lock.unlockWrite(stamp);
        }
        for (var listener : listeners) {
            records.forEach(record -> listener.changed(record.kind(), record.id()));
        }
        // Last: whoever waits for a position finds everything done that comes with it.
        progress.reached(position, index.sequence());
    }

    /** A group that was made and deleted while nobody looked has both in one poll. */
    private void rememberDeleted(
            KeyValueStore<String, byte[]> opened, List<ControlRecord> records) {
        var together = new HashMap<String, byte[]>();
        for (var record : records) {
            if (record.kind() != ResourceKind.GROUP) {
                continue;
            }
            if (record.value() != null) {
                together.put(record.key(), record.value());
                continue;
            }
            var before = together.remove(record.key());
            var last = before == null ? opened.get(record.key()) : before;
            if (last != null
                    && decode(record.key(), last).orElse(null) instanceof Group group
                    && group.parentGroupId() != null) {
                deleted.deleted(group.id(), group.parentGroupId());
            }
        }
    }

    private void changed(ControlRecord record) {
        var kept = resident;
        if (kept != null && ON_DEMAND.contains(record.kind())) {
            kept.changed(record.key(), record.value());
        }
        decoded.invalidate(record.key()); // After what it is decoded from.
        if (ControlIndex.KINDS.contains(record.kind())) {
            var value = record.value();
            var resource = value == null ? Optional.<Resource>empty() : decode(record.key(), value);
            index.apply(record.kind(), record.id(), resource.orElse(null));
        }
    }

    /**
     * Reads the local copy from end to end, so that what is decoded on demand is in memory before
     * somebody asks for it. May fail as the store does when the application closes it.
     *
     * @param goesOn asked before each record; when it says no, the rest is left
     */
    void warm(BooleanSupplier goesOn) {
        var kept = resident;
        if (kept == null) {
            return;
        }
        kept.beginOffers();
        boolean room = true;
        try (var records = loadedStore().all()) {
            while (room && records.hasNext()) {
                if (!goesOn.getAsBoolean()) {
                    return;
                }
                var record = records.next();
                boolean wanted =
                        ControlRecord.kindOf(record.key).filter(ON_DEMAND::contains).isPresent();
                room = !wanted || kept.offer(record.key, record.value);
            }
        } finally {
            kept.endOffers();
        }
        LOGGER.atInfo()
                .addKeyValue("bytes", kept.bytes())
                .log(room ? "keys and groups are in memory" : "some keys stay on disk");
    }

    private <T extends Resource> Optional<T> stored(ResourceKind kind, String id, Class<T> type) {
        var cache = decoded; // Before the copy: a new one is never filled from an old copy.
        var opened = loadedStore();
        var key = kind.stateKey(id);
        var resource = cache.getIfPresent(key);
        if (resource == null) {
            // What is asked for once is not worth keeping: each collection would copy it.
            // The cache holds its entry's lock while it loads, and a change invalidates after it
            // has written: so what was read before a change never stays after it.
            resource =
                    again(kind, key)
                            ? cache.get(key, wanted -> read(opened, wanted))
                            : read(opened, key);
        }
        return Optional.ofNullable(resource).map(type::cast);
    }

    private boolean again(ResourceKind kind, String key) {
        return (kind == ResourceKind.API_KEY ? keysAsked : othersAsked).of(key);
    }

    private @Nullable Resource read(KeyValueStore<String, byte[]> opened, String key) {
        var value = bytes(opened, key);
        return value == null ? null : decode(key, value).orElse(null);
    }

    private byte @Nullable [] bytes(KeyValueStore<String, byte[]> opened, String key) {
        var kept = resident;
        var held = kept == null ? null : kept.get(key);
        // Who follows the log no longer has closed the copy, and then nobody knows what is true.
        return held == null || !opened.isOpen() ? ofCopy(opened, key) : held;
    }

    private byte @Nullable [] ofCopy(KeyValueStore<String, byte[]> opened, String key) {
        try {
            return opened.get(key);
        } catch (ProcessorStateException e) {
            onCorrupt.accept(e);
            throw Problem.of(ErrorCode.UNAVAILABLE, "The service is restarting").asException(e);
        } catch (InvalidStateStoreException e) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The service is stopping").asException(e);
        }
    }

    /** The resource, or empty when the bytes cannot be read: then it is treated as absent. */
    private Optional<Resource> decode(String key, byte[] value) {
        try {
            var resource = codec.decode(value).resource();
            return resource.stateKey().equals(key)
                    ? Optional.of(withoutCopies(resource))
                    : Optional.empty();
        } catch (UnreadableRecordException e) {
            LOGGER.atError().setCause(e).addKeyValue("key", key).log("unreadable control record");
            return Optional.empty();
        }
    }

    private static Resource withoutCopies(Resource resource) {
        return resource instanceof Group group
                ? group.sharing(List.of(group.id(), group.rootGroupId()))
                : resource;
    }

    private KeyValueStore<String, byte[]> loadedStore() {
        var opened = store;
        if (opened == null) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The service is starting").asException();
        }
        return opened;
    }

    private static byte[] bytesOf(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static long longOf(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
