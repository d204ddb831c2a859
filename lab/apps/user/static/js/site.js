// mago3d user
document.getElementById('script').textContent = 'Style, image and script of the user site come from Apache.';
