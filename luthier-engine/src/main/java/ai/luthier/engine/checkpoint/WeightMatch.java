package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.WeightNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which tensor of the files is which weight of the decoder. Mostly the names are the same; some files leave out the name of the
 * whole model in front, or call the head differently.
 *
 * @param inFiles names in the files by the decoder's names; what is missing has no entry
 * @param unknown names in the files that no weight has and no one may ignore, sorted
 * @param repeatedHeads names in the files of heads that are only the embedding once more
 */
record WeightMatch(Map<String, String> inFiles, List<String> unknown, List<String> repeatedHeads) {

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
        List<String> repeated = Stream.of(WeightNames.head(spec), family.otherHead())
                .filter(name -> spec.tiedHead() && unknown.remove(name))
                .toList();
        return new WeightMatch(inFiles, List.copyOf(unknown), repeated);
    }
}
