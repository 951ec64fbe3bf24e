package dev.turnpike.launcher.manage.apply;

/** What a file declares cannot be: it has a mistake, or names what does not exist. */
public final class ManifestException extends RuntimeException {
    ManifestException(String message) {
        super(message, null, false, false);
    }
}
