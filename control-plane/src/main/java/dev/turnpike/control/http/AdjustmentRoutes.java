package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Rule;
import dev.turnpike.control.http.PastGroups.Standing;
import dev.turnpike.runtime.secret.AdjustmentSeal;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /adjustments}: credits and extra charges, which stand in the ledger like requests. */
final class AdjustmentRoutes {
    private static final int ID_MAX = 255;
    private static final int REASON_MAX = 500;
    private static final int SLUG_MAX = 201;
    private static final String ONE = "/adjustments/{adjustment_id}";

    private final Lists lists;
    private final AdjustmentSeal seal;
    private final PastGroups groups;

    AdjustmentRoutes(Lists lists, AdjustmentSeal seal, PastGroups groups) {
        this.lists = lists;
        this.seal = seal;
        this.groups = groups;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/adjustments", Operation.WRITE_ADJUSTMENTS, this::make),
                Route.list("/adjustments", Operation.READ_ADJUSTMENTS, this::list),
                Route.get(ONE, Operation.READ_ADJUSTMENTS, this::read));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.ADJUSTMENT));
    }

    /** With the answer whether its signature is that of this installation. */
    private Reply read(Reading reading) {
        var found =
                reading.image()
                        .adjustment(reading.path().apply("adjustment_id"))
                        .filter(one -> reading.authority().sees(reading.image(), one))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(found).put("signature_valid", seal.holds(found)), found);
    }

    private Change make(Asking asking) {
        var wish = Wish.of(asking.body());
        asking.body().done();
        var id = AdjustmentId.ofUlid(asking.draws().ulid());
        var past = past(wish, asking);
        return new Change(
                image -> command(image, id, wish, past),
                done -> {
                    var made = Objects.requireNonNull(done.subject());
                    return Reply.of(Views.of(made), made);
                });
    }

    /** The group of an id, if it may be gone; among several changes nobody waits for the log. */
    private Optional<Standing> past(Wish wish, Asking asking) {
        return asking.sent().alone()
                ? Optional.ofNullable(wish.groupId())
                        .flatMap(group -> groups.standing(group, asking.image()))
                : Optional.empty();
    }

    private Command command(Image image, AdjustmentId id, Wish wish, Optional<Standing> past) {
        var whose =
                wish.group(image)
                        .map(group -> Standing.of(group, image))
                        .or(() -> past)
                        .orElseThrow(() ->
                                Rule.GROUP_UNKNOWN.problem().withParam(wish.named()).asException());
        var unsigned = wish.adjustment(id, whose, new byte[0]);
        return new Adjust(wish.adjustment(id, whose, seal.sign(unsigned)));
    }

    /**
     * What the body asks for.
     *
     * @param groupId the group by its id; or null
     * @param externalEntityId the group by the operator's id; or null
     */
    private record Wish(
            @Nullable String groupId,
            @Nullable String externalEntityId,
            NanoUsd amount,
            String reason,
            @Nullable String reference,
            @Nullable String modelSlug) {
        static Wish of(Fields body) {
            var group = body.optionalText("group_id", 1, ID_MAX);
            var external = body.optionalText("external_entity_id", 1, ID_MAX);
            if (group.isPresent() == external.isPresent()) {
                throw body.wrong("group_id", "or external_entity_id is required, and not both");
            }
            var slug = body.optionalText("model_slug", 1, SLUG_MAX);
            if (slug.isPresent() && Slug.parse(slug.get()).isEmpty()) {
                throw body.wrong("model_slug", "must have the form prefix/name");
            }
            return new Wish(
                    group.orElse(null),
                    external.orElse(null),
                    amount(body),
                    body.text("reason", 1, REASON_MAX),
                    body.optionalText("reference", 1, ID_MAX).orElse(null),
                    slug.orElse(null));
        }

        private static NanoUsd amount(Fields body) {
            var name = "amount_usd";
            return body.find(name)
                    .map(value ->
                            LimitFields.dollars(value)
                                    .filter(Wish::sensible)
                                    .orElseThrow(() ->
                                            body.wrong(
                                                    name,
                                                    "must be US dollars, not zero, at most a"
                                                            + " million, negative for a credit,"
                                                            + " with at most nine decimal"
                                                            + " places")))
                    .orElseThrow(() -> body.missing(name));
        }

        private static boolean sensible(NanoUsd amount) {
            return amount.value() != 0
                    && amount.value() >= -Charge.AMOUNT_MAX
                    && amount.value() <= Charge.AMOUNT_MAX;
        }

        String named() {
            return groupId == null ? "external_entity_id" : "group_id";
        }

        Optional<Group> group(Image image) {
            return groupId == null
                    ? Optional.ofNullable(externalEntityId).flatMap(image::groupOfExternalId)
                    : image.group(groupId);
        }

        Adjustment adjustment(AdjustmentId id, Standing whose, byte[] signature) {
            var group = whose.group();
            return new Adjustment(
                    id,
                    group.id(),
                    group.rootGroupId(),
                    group.externalEntityId(),
                    amount,
                    reason,
                    reference,
                    modelSlug,
                    signature,
                    Instant.EPOCH, // The rules say when.
                    whose.between());
        }
    }
}
