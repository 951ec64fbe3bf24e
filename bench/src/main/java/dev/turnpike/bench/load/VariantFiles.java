package dev.turnpike.bench.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last file of variants, so that a job does not begin with a generator that has just read
 * 60 MB and collected its heap. Files do not change while they are used. One thread.
 */
final class VariantFiles {
    private String file = "";
    private @Nullable Variants last;

    /** As {@link Variants#of}. */
    Variants of(LoadJob job) throws IOException {
        if (job.variation().isNone()) {
            return Variants.of(job); // Without a file; the last one is wanted again.
        }
        var kept = last;
        if (kept == null || !job.variation().file().equals(file)) {
            last = null; // Two of them might not fit.
            kept = Variants.of(job);
            file = job.variation().file();
            last = kept;
        }
        return kept;
    }
}
