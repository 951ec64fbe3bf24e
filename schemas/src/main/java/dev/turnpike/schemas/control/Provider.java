package dev.turnpike.schemas.control;

/** Who answers a model request: which wire to speak and which credential to send. */
public enum Provider {
    OPENAI,
    ANTHROPIC,
    /** Anything that speaks OpenAI's wire: vLLM, SGLang, Ollama, Mistral, Groq and others. */
    OPENAI_COMPATIBLE,
    BASETEN,
    BASETEN_MODEL_API,
    VERTEX,
    /** A scripted model inside the process; needs no key and no network. */
    DEMO
}
