package dev.turnpike.control.log;

import dev.turnpike.control.domain.Image;
import java.util.List;

/** What a replica does first when it becomes the owner. Called by the owner's thread. */
public interface OwnerStart {
    /** The changes to make, given what the log holds. */
    List<Submission> submissions(Image image);

    /** They are committed, those that were not refused. */
    void committed();
}
