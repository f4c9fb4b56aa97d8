package ai.luthier.engine.train.memory;

/**
 * What one layer takes, in bytes.
 *
 * @param kept from the forward pass for the backward pass
 * @param forward held besides while its forward pass runs
 * @param backward held besides while its backward pass runs
 */
record LayerMemory(long kept, long forward, long backward) {}
