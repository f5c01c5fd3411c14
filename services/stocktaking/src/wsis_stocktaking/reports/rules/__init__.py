"""Reports that are made of the register: global, of an ITU region, and the Success Stories of an edition.

A report has versions. Each is made of a model, plain JSON frozen when the version is built, and of prose, which
officers edit until it is published. The model is a pure function of the register at a sequence and of its scope.
"""
