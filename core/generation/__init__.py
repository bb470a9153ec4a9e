"""What a language model is allowed to do: propose commands and word answers, within bounds and under watch."""
