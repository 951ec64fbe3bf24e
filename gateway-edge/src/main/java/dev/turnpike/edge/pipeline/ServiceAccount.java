package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * A service account's key file, as far as it is needed to ask for tokens.
 *
 * @param tokenUri where assertions are exchanged; given by the operator with the key
 */
record ServiceAccount(String email, String keyId, PrivateKey key, String tokenUri) {
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final Duration LIFE = Duration.ofHours(1);

    /**
     * @throws UpstreamFaultException if it is no key file
     */
    static ServiceAccount parse(String json) throws UpstreamFaultException {
        try {
            var file = Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
            return new ServiceAccount(
                    file.path("client_email").asText(""),
                    file.path("private_key_id").asText(""),
                    key(file.path("private_key").asText("")),
                    file.path("token_uri").asText("https://oauth2.googleapis.com/token"));
        } catch (ProblemException | GeneralSecurityException | IllegalArgumentException e) {
            throw unusable("the credential is no service account key");
        }
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        var base64 =
                pem.replace("-----BEGIN PRIVATE KEY-----", "")
                        .replace("-----END PRIVATE KEY-----", "");
        var bytes = Base64.getMimeDecoder().decode(base64);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
    }

    /** A JSON web token by which the account asks for an access token. */
    String assertion(Instant now) throws UpstreamFaultException {
        var head = Json.object().put("alg", "RS256").put("typ", "JWT").put("kid", keyId);
        var claims =
                Json.object()
                        .put("iss", email)
                        .put("scope", SCOPE)
                        .put("aud", tokenUri)
                        .put("iat", now.getEpochSecond())
                        .put("exp", now.plus(LIFE).getEpochSecond());
        var signed = base64(Json.bytes(head)) + "." + base64(Json.bytes(claims));
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw unusable("the service account's key cannot sign");
        }
    }

    static UpstreamFaultException unusable(String why) {
        return new UpstreamFaultException(new UpstreamFault.ConnectFailed(why));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The account only: the key is secret. */
    @Override
    public String toString() {
        return "ServiceAccount[" + email + "]";
    }
}
