package dev.turnpike.launcher.e2e;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.client.okhttp.OkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** The transport of openai-java, below its retries, which tells a run of every request. */
final class WatchedOpenAi implements HttpClient {
    private final HttpClient real = OkHttpClient.builder().build();
    private final JavaRun run;

    private WatchedOpenAi(JavaRun run) {
        this.run = run;
    }

    /** A client with nothing changed but base URL, key and, if given, retries and timeout. */
    static OpenAIClient client(JavaRun run, JavaTroubles.Setting setting) {
        var options =
                ClientOptions.builder()
                        .httpClient(new WatchedOpenAi(run))
                        .baseUrl(run.url() + "/v1")
                        .apiKey(setting.key());
        setting.maxRetries().ifPresent(options::maxRetries);
        setting.timeout().ifPresent(options::timeout);
        return new OpenAIClientImpl(options.build());
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        var sent = run.sent("/" + String.join("/", request.pathSegments()));
        var response = real.execute(request, options);
        JavaRun.answered(sent, response.statusCode(), response.requestId().orElse(""));
        return response;
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(
            HttpRequest request, RequestOptions options) {
        return real.executeAsync(request, options);
    }

    @Override
    public void close() {
        real.close();
    }
}
