"""The only part that knows TensorFlow: the Keras model and how it is trained."""
