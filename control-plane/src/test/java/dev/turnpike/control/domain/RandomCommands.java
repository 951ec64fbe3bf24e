package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.control.domain.Command.CreateCredential;
import dev.turnpike.control.domain.Command.CreateDomain;
import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.CreateRegistrationKey;
import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Command.DeleteDomain;
import dev.turnpike.control.domain.Command.DeleteEndpoint;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.DeletePrefix;
import dev.turnpike.control.domain.Command.DeleteRegistrationKey;
import dev.turnpike.control.domain.Command.DeleteWebhook;
import dev.turnpike.control.domain.Command.DisableWebhook;
import dev.turnpike.control.domain.Command.KeyTerms;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.PriceTerms;
import dev.turnpike.control.domain.Command.RegisterApiKey;
import dev.turnpike.control.domain.Command.RegisterPrefix;
import dev.turnpike.control.domain.Command.Rename;
import dev.turnpike.control.domain.Command.ReplayWebhook;
import dev.turnpike.control.domain.Command.RevokeApiKey;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.control.domain.Command.RotateCertificate;
import dev.turnpike.control.domain.Command.RotateCredential;
import dev.turnpike.control.domain.Command.RotateWebhookSecret;
import dev.turnpike.control.domain.Command.SetPrices;
import dev.turnpike.control.domain.Command.UpdateDomain;
import dev.turnpike.control.domain.Command.UpdateEndpoint;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Command.UpdateWebhook;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.DomainCertificate;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.VertexConfig;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.CredentialId;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.RegistrationKeyId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.unit.TokenRate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Draws commands from pools so small that they collide often. */
final class RandomCommands {
    private static final List<LimitUnit> RATE = List.of(LimitUnit.SECOND, LimitUnit.MINUTE);
    private static final List<LimitUnit> USAGE = List.of(LimitUnit.DAY, LimitUnit.MONTH);

    private final RandomGenerator random;

    RandomCommands(RandomGenerator random) {
        this.random = random;
    }

    Command next(Image image) {
        return switch (random.nextInt(28)) {
            case 0, 1 ->
                    new CreateEndpoint(
                            endpointId(),
                            slug(),
                            targets(image),
                            region(),
                            chance(2),
                            FailureCharge.BY_STAGE,
                            ErrorDetail.PROVIDER);
            case 2 ->
                    new UpdateEndpoint(
                            endpointId(),
                            maybe(this::slug),
                            maybe(() -> targets(image)),
                            maybe(this::region),
                            Optional.empty(),
                            maybe(() -> chance(2) ? FailureCharge.NONE : FailureCharge.BY_STAGE),
                            maybe(() -> chance(2) ? ErrorDetail.GENERIC : ErrorDetail.PROVIDER));
            case 3 -> new DeleteEndpoint(endpointId());
            case 4, 5, 6, 7, 8 -> createGroup(image);
            case 9, 10, 11 ->
                    new UpdateGroup(
                            groupId(),
                            maybe(() -> new Rename(chance(3) ? null : "n" + random.nextInt(3))),
                            maybe(this::models));
            case 12 -> new DeleteGroup(groupId());
            case 13, 14 -> mint(image);
            case 15 -> new RevokeApiKey(groupId(), new KeyPrefix("tp_" + random.nextInt(12)));
            case 16 -> new CreateCredential(credentialId(), "name", null, bytes(), "abc");
            case 17 -> new RotateCredential(credentialId(), bytes(), "def", 1 + random.nextInt(4));
            case 18 -> new DeleteCredential(credentialId());
            case 19 ->
                    new CreateWebhook(
                            webhookId(),
                            "https://a.example/",
                            null,
                            groups(),
                            List.of(),
                            true,
                            bytes());
            case 20 -> updateWebhook(image);
            case 21 -> chance(2) ? managementKey() : new DeleteWebhook(webhookId());
            case 22 -> new RevokeManagementKey(new KeyPrefix("tpm_" + random.nextInt(6)));
            case 23 ->
                    new CreateRegistrationKey(
                            registrationKeyId(),
                            null,
                            new byte[] {(byte) random.nextInt(3)},
                            false);
            case 24 -> new DeleteRegistrationKey(registrationKeyId());
            case 25 -> new Adjust(adjustment(image));
            case 26 -> nameOrHost();
            default -> prices();
        };
    }

    /** A version to expect, mostly none, sometimes the right one or a wrong one. */
    OptionalLong expectedVersion() {
        return chance(5) ? OptionalLong.of(1 + random.nextInt(3)) : OptionalLong.empty();
    }

    /** Whoever asks: mostly somebody without bounds. */
    Authority authority() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Authority(Role.TENANT_ADMIN, groupId(), null);
            case 2 -> new Authority(Role.ADMIN, null, Instant.EPOCH.plusSeconds(90_000));
            default -> Authority.SYSTEM;
        };
    }

    private Command createGroup(Image image) {
        return new CreateGroup(
                groupId(),
                "ext-" + random.nextInt(20) + (chance(3) ? "/" + random.nextInt(4) : ""),
                chance(2) ? null : "name",
                chance(12) ? List.of() : models(),
                chance(3) ? null : mode(),
                chance(4) ? null : chance(3) ? deepest(image) : groupId());
    }

    private GroupId deepest(Image image) {
        return image.list(Listing.all(ResourceKind.GROUP), null)
                .map(Group.class::cast)
                .max(Comparator.comparingInt(Group::level))
                .map(Group::id)
                .orElse(groupId());
    }

    private Command mint(Image image) {
        var group = groupId();
        var prefix = new KeyPrefix("tp_" + random.nextInt(12));
        var owner = image.apiKey("tp_1").isPresent() ? group : groupId();
        var terms =
                new KeyTerms(
                        null,
                        bytes(),
                        1,
                        chance(4) ? Instant.EPOCH.plusSeconds(random.nextInt(100_000)) : null,
                        chance(4) ? List.of(slug().value()) : null,
                        List.of(),
                        null);
        return chance(3)
                ? new RegisterApiKey(prefix, owner, terms, registrationKeyId())
                : new MintApiKey(prefix, owner, terms);
    }

    private Command replay(WebhookId webhook) {
        var group = chance(2) ? groupId() : null;
        var from = Instant.EPOCH;
        return new ReplayWebhook(
                ReplayId.ofUlid(ulid(random.nextInt(40))),
                webhook,
                new TimeRange(from, from.plusSeconds(1), group, group, null),
                7,
                true);
    }

    private Command updateWebhook(Image image) {
        var id = webhookId();
        long serial = image.webhook(id.value()).map(w -> w.secret().serial()).orElse(0L);
        if (chance(2)) {
            return new RotateWebhookSecret(
                    id,
                    bytes(),
                    serial + 1 + random.nextInt(2),
                    Duration.ofSeconds(random.nextInt(3) * 40L));
        }
        if (chance(4)) {
            return replay(id);
        }
        if (chance(4)) {
            long version = image.webhook(id.value()).map(Webhook::version).orElse(1L);
            return new DisableWebhook(id, version - random.nextInt(2), "gone");
        }
        return new UpdateWebhook(
                id,
                maybe(() -> "https://b.example/" + random.nextInt(2)),
                maybe(() -> new Rename(chance(2) ? null : "d")),
                maybe(this::groups),
                Optional.empty(),
                maybe(() -> chance(2)));
    }

    private Adjustment adjustment(Image image) {
        var group = groupId();
        return new Adjustment(
                AdjustmentId.ofUlid(ulid(random.nextInt(8))),
                group,
                image.group(group.value()).map(Group::rootGroupId).orElse(group),
                "c",
                new NanoUsd(1 + random.nextInt(3)),
                "reason",
                null,
                null,
                bytes(),
                Instant.EPOCH,
                List.of());
    }

    private Command managementKey() {
        return new CreateManagementKey(
                new KeyPrefix("tpm_" + random.nextInt(6)),
                "name",
                pick(List.of(Role.OWNER, Role.OWNER, Role.AUDITOR, Role.MEMBER)),
                chance(3) ? groupId() : null,
                bytes(),
                1,
                chance(3) ? Instant.EPOCH.plusSeconds(random.nextInt(100_000)) : null);
    }

    private Command prices() {
        var terms = new ArrayList<PriceTerms>();
        for (int i = random.nextInt(6); i > 0; i--) {
            terms.add(
                    new PriceTerms(
                            PriceId.ofUlid(ulid(random.nextInt(6))),
                            "a/b",
                            null,
                            null,
                            new TokenRate(random.nextInt(2)),
                            null,
                            null,
                            new TokenRate(1),
                            null,
                            Instant.EPOCH,
                            null));
        }
        return new SetPrices(terms);
    }

    private List<Target> targets(Image image) {
        var targets = new ArrayList<Target>();
        int count = chance(10) ? random.nextInt(10) : 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            var provider = pick(List.of(Provider.DEMO, Provider.OPENAI, Provider.BASETEN));
            boolean odd = chance(8);
            boolean openAi = provider == Provider.OPENAI;
            targets.add(
                    new Target(
                            provider,
                            (provider == Provider.BASETEN) != odd ? "m" : null,
                            openAi || chance(3) ? "gpt" + random.nextInt(4) : null,
                            null,
                            openAi != chance(12) ? credentialId() : null,
                            chance(3) ? pick(List.of("eu", "EU", "US")) : null,
                            image.all().isEmpty() ? 0 : random.nextInt(3),
                            1,
                            Timeouts.DEFAULT,
                            Map.of(),
                            chance(12) ? "staging" : null,
                            chance(12) ? new VertexConfig("p", "eu") : null));
        }
        return targets;
    }

    private String region() {
        return pick(List.of("UNRESTRICTED", "UNRESTRICTED", "EU", "US"));
    }

    private List<ModelAccess> models() {
        var slugs = new HashSet<String>();
        var models = new ArrayList<ModelAccess>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            var slug = chance(4) ? ModelAccess.ALL_MODELS : slug().value();
            if (slugs.add(slug) || chance(4)) {
                models.add(new ModelAccess(slug, limits(RATE), limits(USAGE)));
            }
        }
        return models;
    }

    private List<Limit> limits(List<LimitUnit> units) {
        var seen = new HashSet<Object>();
        var limits = new ArrayList<Limit>();
        for (int i = random.nextInt(3); i > 0; i--) {
            var unit = chance(40) ? LimitUnit.DAY : pick(units);
            var type = chance(2) ? LimitType.TOKEN : LimitType.REQUEST;
            if (seen.add(List.of(type, unit)) || chance(10)) {
                limits.add(new Limit(type, unit, random.nextInt(6)));
            }
        }
        return limits;
    }

    private List<GroupId> groups() {
        return chance(3) ? List.of(groupId()) : List.of();
    }

    private LimitEnforcement mode() {
        return chance(2) ? LimitEnforcement.CASCADING : LimitEnforcement.INDEPENDENT;
    }

    private Slug slug() {
        return new Slug("acme/m" + random.nextInt(5));
    }

    private GroupId groupId() {
        return GroupId.ofUlid(ulid(random.nextInt(27)));
    }

    private EndpointId endpointId() {
        return EndpointId.ofUlid(ulid(random.nextInt(8)));
    }

    private CredentialId credentialId() {
        return CredentialId.ofUlid(ulid(random.nextInt(6)));
    }

    private WebhookId webhookId() {
        return WebhookId.ofUlid(ulid(random.nextInt(4)));
    }

    private Command nameOrHost() {
        var host = "h" + random.nextInt(3) + ".example";
        return switch (random.nextInt(9)) {
            case 0 -> new RegisterPrefix(prefix());
            case 1, 2 -> new DeletePrefix(prefix());
            case 3, 4 -> new CreateDomain(host, prefixes(), chance(2) ? null : certificate(1));
            case 5, 6 -> new UpdateDomain(host, prefixes());
            case 7 -> new RotateCertificate(host, certificate(1 + random.nextInt(3)));
            default -> new DeleteDomain(host);
        };
    }

    private DomainCertificate certificate(long serial) {
        return new DomainCertificate("pem", bytes(), serial, "f", Instant.EPOCH);
    }

    private String prefix() {
        return pick(List.of("acme", "beta", "gamma"));
    }

    private List<String> prefixes() {
        return chance(3) ? List.of(prefix(), prefix()) : List.of(prefix());
    }

    private RegistrationKeyId registrationKeyId() {
        return RegistrationKeyId.ofUlid(ulid(random.nextInt(4)));
    }

    private byte[] bytes() {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        return bytes;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return chance(2) ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    static String ulid(int number) {
        return String.format(Locale.ROOT, "%026d", number);
    }
}
