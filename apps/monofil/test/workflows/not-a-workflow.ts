export default { name: 'fake', steps: [] }
