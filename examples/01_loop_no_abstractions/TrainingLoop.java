import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.nano.NanoModel;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.plan.StepPlan;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Supervised fine-tuning with LoRA, every formula in sight: ./dev example 01_loop_no_abstractions [FOLDER]
/// It computes what TrainingRun computes, more slowly; the test compares the losses.
void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "luthier-data/examples");
    ModelDirectory base = ModelDirectory.open(NanoModel.unpack(folder));
    List<TokenizedExample> rows = new ArrayList<>();
    try (ExampleEncoder encoder = ExampleEncoder.load(base.path(), Optional.empty());
            Examples examples = TrainingFile.open(Path.of("examples/misspeller.jsonl")).examples()) {
        examples.forEachRemaining(example -> rows.add(encoder.encode(example)));
    }
    StepPlan plan = new StepPlan(rows.size(), 1, 1, 0); // one row a step, one epoch, seed 0
    double peak = 5e-3;
    int warmup = (int) Math.ceil(0.05 * plan.steps());

    try (Decoder decoder = base.decoder(Dtype.FP32);
            LoraAdapter adapter = LoraAdapter.fresh(decoder.spec(), LoraSpec.everyProjection(decoder.spec(), 16, 32), 0);
            PointerScope _ = new PointerScope()) {
        Tensor p = adapter.values(); // [P] every A and B, one after the other
        Tensor g = adapter.gradients(); // [P]
        Tensor m = torch.zeros_like(p), v = torch.zeros_like(p); // [P] Adam's moments

        for (int step = 0; step < plan.steps(); step++) {
            try (PointerScope _ = new PointerScope()) {
                TokenizedExample row = rows.get(plan.rows(step)[0]);
                int t = row.ids().length;
                float[] weight = new float[t - 1]; // 1 where the next token is one to learn
                for (int i = 1; i < t; i++) {
                    weight[i - 1] = row.supervised()[i] ? 1 : 0;
                }
                Tensor w = Tensors.floats(weight, t - 1); // [T-1]
                Tensor next = Tensors.ids(Arrays.copyOfRange(row.ids(), 1, t)).view(t - 1, 1); // [T-1, 1]

                // loss = - Σ w·log p(next) / Σ w
                Tensor hidden = decoder.hidden(Rows.of(row.ids()), adapter.in(Dtype.FP32)); // [T, d]
                Tensor scores = decoder.logits(hidden.narrow(0, 0, t - 1)); // [T-1, V]
                Tensor chosen = torch.log_softmax(scores, 1).gather(1, next).squeeze(1); // [T-1]
                Tensor loss = chosen.mul(w).sum().div(w.sum()).neg(); // []
                g.zero_();
                loss.backward();

                // the gradient, at most 1 long; the rate, up and then down; Adam
                double norm = g.norm().item_double();
                double rate = peak * (step < warmup
                        ? (double) step / warmup
                        : (double) (plan.steps() - step) / (plan.steps() - warmup));
                double unbias1 = 1 - Math.pow(0.9, step + 1), unbias2 = 1 - Math.pow(0.999, step + 1);
                try (NoGradGuard _ = new NoGradGuard()) {
                    g.mul_(new Scalar(Math.min(1, 1 / (norm + 1e-6))));
                    m.mul_(new Scalar(0.9)).add_(g, new Scalar(0.1));
                    v.mul_(new Scalar(0.999)).addcmul_(g, g, new Scalar(0.001));
                    Tensor root = v.sqrt().div_(new Scalar(Math.sqrt(unbias2))).add_(new Scalar(1e-8)); // [P]
                    p.addcdiv_(m, root, new Scalar(-rate / unbias1));
                }
                IO.println(String.format(Locale.ROOT, "step %d loss %.6f", step + 1, loss.item_double()));
            }
        }
    }
}
