package ai.luthier.engine.fast;

import ai.luthier.engine.model.Projection;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * All projections of one input, in one product or several. A {@code narrow} member sees only some rows of the input, the
 * {@code n} {@linkplain Geometry#outputs outputs}; that is how the last layer computes queries only where they matter.
 */
record Bundle(List<Member> members) implements AutoCloseable {

    record Member(StackedLinear linear, boolean narrow) {}

    /** Results, or room for their gradients, one of {@code columns} for every member. */
    record Products(Bundle bundle, List<StackedLinear.Columns> columns) {

        /** {@code [T or n, out_j]}. */
        Tensor of(Projection projection) {
            for (int i = 0; i < columns.size(); i++) {
                StackedLinear linear = bundle.members.get(i).linear();
                if (linear.projections().contains(projection)) {
                    return linear.of(columns.get(i), projection);
                }
            }
            throw new IllegalArgumentException(projection + " is not in this bundle");
        }

        /** {@code U} of every member, {@code [T or n, R]}; copies where it would hold on to the rest. */
        List<Tensor> lowRanks() {
            List<Tensor> lowRanks = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                lowRanks.add(bundle.members.get(i).linear().lowRank(columns.get(i)));
            }
            return lowRanks;
        }
    }

    static Bundle of(StackedLinear... linears) {
        List<Member> members = new ArrayList<>();
        for (StackedLinear linear : linears) {
            members.add(new Member(linear, false));
        }
        return new Bundle(members);
    }

    void refresh() {
        members.forEach(member -> member.linear().refresh());
    }

    /** Every projection of {@code x} {@code [T, in]}. */
    Products forward(Tensor x, @Nullable Tensor outputs) {
        return new Products(
                this,
                members.stream()
                        .map(member -> member.linear().forward(input(member, x, outputs)))
                        .toList());
    }

    /** Room for gradients; {@code narrowRows} is n. */
    Products room(long rows, long narrowRows) {
        return new Products(
                this,
                members.stream()
                        .map(member -> member.linear().room(member.narrow() ? narrowRows : rows))
                        .toList());
    }

    /** The gradient of the only projection of a bundle of one, {@code dy} {@code [T, out]}, which is only read. */
    Products given(Tensor dy) {
        return new Products(this, List.of(members.getFirst().linear().given(dy)));
    }

    /** Adds to the adapter's gradients and returns that of {@code x}, {@code [T, in]}, where it is needed. */
    @Nullable
    Tensor backward(Tensor x, List<Tensor> lowRanks, Products gradients, boolean needed, @Nullable Tensor outputs) {
        Tensor sum = null;
        // Those that see all rows come first in every bundle, so a narrow one finds a sum to add to.
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Tensor input = input(member, x, outputs);
            StackedLinear.Columns columns = gradients.columns().get(i);
            if (member.narrow()) {
                Tensor part = member.linear().backward(input, lowRanks.get(i), columns, needed, null); // [n, in]
                if (part != null && sum != null && outputs != null) {
                    sum.index_add_(0, outputs, part);
                }
            } else {
                sum = member.linear().backward(input, lowRanks.get(i), columns, needed, sum);
            }
        }
        return sum;
    }

    private static Tensor input(Member member, Tensor x, @Nullable Tensor outputs) {
        return member.narrow() && outputs != null ? x.index_select(0, outputs) : x;
    }

    @Override
    public void close() {
        members.forEach(member -> member.linear().close());
    }
}
