package dev.turnpike.launcher.manage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandNameTest {
    @ParameterizedTest
    @CsvSource({
        "groups, groups, createGroup, groups create",
        "groups/{group_id}, groups, getGroup, groups get",
        "groups/{group_id}/usage, groups, getGroupUsage, groups usage",
        "groups/{group_id}/api_keys, api_keys, mintApiKey, api-keys mint",
        "groups/{group_id}/api_keys/register, api_keys, registerApiKey, api-keys register",
        "groups/{group_id}/api_keys/{prefix}, api_keys, revokeApiKey, api-keys revoke",
        "webhooks/{id}/rotate_secret, webhooks, rotateWebhookSecret, webhooks rotate-secret",
        "webhooks/{id}/deliveries, webhooks, listWebhookDeliveries, webhooks deliveries",
        "webhooks/{id}/deliveries/{d}, webhooks, getWebhookDelivery, webhooks get-delivery",
        "webhooks/{id}/deliveries/{d}/redeliver, webhooks, redeliver, webhooks redeliver",
        "audit_events, audit, listAuditEvents, audit-events list",
        "prefixes/{prefix}, prefixes, deletePrefix, prefixes delete",
        "whoami, management_keys, whoAmI, whoami",
    })
    void anOperationIsTypedAsOneWouldSayIt(
            String path, String tag, String operationId, String typed) {
        var name = CommandName.of(Arrays.asList(path.split("/")), tag, operationId);
        assertThat((name.resource() + " " + name.verb()).strip()).isEqualTo(typed);
    }
}
