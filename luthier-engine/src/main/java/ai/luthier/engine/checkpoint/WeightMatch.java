package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.WeightNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which tensor of the files is which weight of the decoder. Mostly the names are the same; some files leave out the name of the
 * whole model in front, or call the head differently.
 *
 * @param inFiles names in the files by the decoder's names; what is missing has no entry
 * @param unknown names in the files that no weight has and no one may ignore, sorted
 */
record WeightMatch(Map<String, String> inFiles, List<String> unknown) {

    static WeightMatch of(DecoderSpec spec, Family family, Set<String> names) {
        Map<String, String> inFiles = new LinkedHashMap<>();
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeIf(family::ignores);
        for (String weight : WeightNames.shapes(spec).keySet()) {
            String prefix = family.prefix();
            List<String> candidates = List.of(
                    weight,
                    !prefix.isEmpty() && weight.startsWith(prefix) ? weight.substring(prefix.length()) : weight,
                    weight.equals(WeightNames.head(spec)) ? family.otherHead() : weight);
            candidates.stream().filter(names::contains).findFirst().ifPresent(found -> {
                inFiles.put(weight, found);
                unknown.remove(found);
            });
        }
        if (spec.tiedHead()) { // some files repeat the embedding as the head
            unknown.remove(WeightNames.head(spec));
            unknown.remove(family.otherHead());
        }
        return new WeightMatch(inFiles, List.copyOf(unknown));
    }
}
