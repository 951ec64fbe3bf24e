package dev.turnpike.runtime.kafka;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * Bounds the memory of every RocksDB store of a Streams application; the default would take up to
 * 98 MiB for each partition of each store.
 *
 * <p>Indexes and filters are in the cache like everything else, so that they are bounded too, and
 * cut into small blocks: whole, those of a million records would be larger than a part of the
 * cache, and be read again for every record.
 */
public final class BoundedStores implements RocksDBConfigSetter {
    /** Setting of an application: bytes of blocks kept in memory for each store, a {@code Long}. */
    public static final String BLOCK_CACHE_CONFIG = "turnpike.block.cache.bytes";

    static final long BLOCK_CACHE_BYTES = 8L << 20;
    static final long WRITE_BUFFER_BYTES = 4L << 20;
    static final int WRITE_BUFFERS_MAX = 2;
    static final int METADATA_BLOCK_BYTES = 4 << 10;

    private @Nullable LRUCache cache;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        cache = new LRUCache(cacheBytes(configs));
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(cache);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setIndexType(IndexType.kTwoLevelIndexSearch);
        table.setPartitionFilters(true);
        table.setMetadataBlockSize(METADATA_BLOCK_BYTES);
        table.setPinTopLevelIndexAndFilter(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(WRITE_BUFFERS_MAX);
    }

    private static long cacheBytes(Map<String, Object> configs) {
        return configs.get(BLOCK_CACHE_CONFIG) instanceof Long bytes ? bytes : BLOCK_CACHE_BYTES;
    }

    @Override
    public void close(String storeName, Options options) {
        if (cache != null) {
            cache.close();
        }
    }
}
