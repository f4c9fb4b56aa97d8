package ai.luthier.engine.model;

import java.util.Optional;

/** What an adapter changes in a decoder: some projections of some layers, each by a low-rank product. */
@FunctionalInterface
public interface Adapter {

    /** Changes nothing: the base model. */
    Adapter NONE = (layer, projection) -> Optional.empty();

    /** The change of this projection; empty where it stays as it is. */
    Optional<LowRank> change(int layer, Projection projection);
}
