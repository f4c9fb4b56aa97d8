/**
 * Byte-level byte pair encoding: learning a vocabulary from text, encoding with it, and writing it as the files that
 * {@code transformers}, Hugging Face's tokenizers and llama.cpp read.
 *
 * <p>Open {@link ai.luthier.text.bpe.BpeTrainer} first.
 *
 * <pre>{@code
 * var trainer = new BpeTrainer(4096, List.of("<|endoftext|>", "<|end|>"));
 * stories.forEach(trainer::count);
 * BpeVocabulary vocabulary = trainer.train();
 * int[] ids = new BpeEncoder(vocabulary).encode("Once upon a time");
 * TokenizerFiles.write(directory, vocabulary, chatTemplate);
 * }</pre>
 *
 * <p>Invariants: any text encodes, because all 256 bytes are tokens; decoding returns the same bytes; special tokens are
 * never produced from text, only by their id; the result depends on the counted text alone, not on its order.
 *
 * <p>Pre-tokenisation and byte alphabet are GPT-2's: Radford et al., "Language Models are Unsupervised Multitask
 * Learners", 2019. The merges follow Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword
 * Units", 2016.
 */
@NullMarked
package ai.luthier.text.bpe;

import org.jspecify.annotations.NullMarked;
